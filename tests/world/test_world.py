"""The room as a whole."""

import avlab
from avlab import world


def test_every_public_name_is_there_and_documented():
    for name in world.__all__:
        thing = getattr(world, name)
        assert not callable(thing) or thing.__doc__, name


def test_the_room_loads_from_the_house():
    assert avlab.world is world
