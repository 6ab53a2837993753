"""What a chapter may cost, stored and live, and how its text goes."""

# Seconds on two processor cores. In these chapters one watches a model learn.
SECONDS = 75
SECONDS_LEARNING = 240
LEARNING = (12, 18, 23)
# A live run is stopped after so many times what the stored one may take.
LIVE = 3

PEAK_MEMORY_MB = 4096
NOTEBOOK_BYTES = 2_000_000
FOLDER_BYTES = 25_000_000

CELLS = range(25, 46)
EXERCISES = 4

# The seven parts of a chapter, in order.
HEADINGS = (
    "What you will be able to do",
    "A clip and a question",
    "Build it",
    "Against the field",
    "Experiments",
    "What the documents say, and what we found",
    "What you can do now",
)


def seconds_allowed(chapter: int) -> int:
    return SECONDS_LEARNING if chapter in LEARNING else SECONDS
