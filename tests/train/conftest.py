import pytest

from avlab.train import spoken


@pytest.fixture(scope="package", autouse=True)
def few_recordings():
    """Noises enough to test with; those of the recipe take two seconds to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spoken, "RECORDINGS", 2)
        yield
    spoken._recordings.cache_clear()
