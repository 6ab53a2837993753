"""How every figure of the course looks: one set of colours and sizes, on a light card."""

import matplotlib
from cycler import cycler
from matplotlib.figure import Figure

INK = "#1d2129"  # text and axes
CARD = "#fcfbf8"  # the ground that figures and players lie on
RULE = "#dedbd2"  # hairlines

# Okabe and Ito (2008), "Color Universal Design": told apart with every common kind of colour blindness.
# The darkest come first, as lines on a light ground need contrast; their yellow has none and is left out.
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
)

PIXELS_PER_INCH = 100  # one inch of a figure is this many pixels of the page
PAGE = 660  # pixels: the width of a figure that fills the column

STYLE = {
    "axes.edgecolor": INK,
    "axes.facecolor": CARD,
    "axes.labelcolor": INK,
    "axes.labelsize": "medium",
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.dpi": PIXELS_PER_INCH,
    "figure.facecolor": CARD,
    "figure.figsize": [PAGE / PIXELS_PER_INCH, 3.0],
    "font.size": 12.0,
    "image.cmap": "viridis",
    "legend.edgecolor": RULE,
    "legend.facecolor": CARD,
    "legend.fontsize": "medium",
    "lines.linewidth": 1.6,
    "savefig.facecolor": CARD,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}

# For the whole session, because a style that ended with figure() would miss what is drawn into it afterwards.
matplotlib.rcParams.update(STYLE)


def figure(width: float = PAGE / PIXELS_PER_INCH, height: float = 3.0, **subplots):
    """A matplotlib figure in the course's style, and its axes: `fig, axes = figure(height=4, nrows=2)`.

    `width` and `height` are inches of 100 pixels; 6.6 fill a page's column. The other options are those of
    `matplotlib.figure.Figure.subplots`. pyplot does not know the figure, so a notebook does not draw it by
    itself: hand it to `picture`. Chapter 1.
    """
    fig = Figure(figsize=(width, height))
    return fig, fig.subplots(**subplots)
