import pytest

from avlab.files import LEFTOVERS, replacing


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_text("old")
    return path


def test_until_the_end_the_old_file_stands_and_then_the_new_one(path):
    with replacing(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.match(LEFTOVERS) and part.parent == path.parent
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_leaves_the_old_file_and_nothing_beside_it(path):
    def fails():
        with replacing(path) as part:
            part.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert path.read_text() == "old"
    assert list(path.parent.iterdir()) == [path]


def test_two_at_once_do_not_get_into_each_others_way(path):
    with replacing(path) as first, replacing(path) as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
    assert list(path.parent.iterdir()) == [path]
