import shutil
from pathlib import Path

import pytest
import torch

import avlab
from avlab import assets
from tools import make_data

EACH = pytest.mark.parametrize("recipe", make_data.RECIPES, ids=lambda recipe: recipe.name)


@EACH
def test_a_file_made_anew_is_decoded_to_the_same_clip(recipe, tmp_path):
    clip, _ = recipe.make()
    # Another build of the encoder may choose other bytes, never another picture or sound.
    anew = avlab.read(avlab.write(clip, tmp_path / "anew.mp4"))
    kept = avlab.read(avlab.asset(recipe.name))
    assert torch.allclose(anew.frame_times, kept.frame_times, atol=1e-6)
    assert (anew.frames.float() - kept.frames.float()).abs().mean() < 1
    assert anew.audio.shape == kept.audio.shape
    assert (anew.audio - kept.audio).abs().mean() < 0.01 * kept.audio.abs().max()


def test_the_scene_has_one_of_everything():
    _, events = make_data.two_bodies()
    flashes = {round(span.start, 3) for span in events if span.label == "flash"}
    sounds = {round(span.start, 3): span.track for span in events if span.label != "flash"}
    assert flashes & sounds.keys(), "a flash with its sound"
    assert flashes - sounds.keys(), "a silent flash"
    alone = {track for start, track in sounds.items() if start not in flashes}
    assert "off-screen" in alone and len(alone) > 1, "a sound from outside, and one without a flash"


@EACH
def test_a_card_tells_what_the_world_reports(recipe):
    clip, spans = recipe.make()
    cards = (make_data.ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert make_data.card(recipe, clip, spans, assets.info(recipe.name).bytes) in cards
    assert spans


@EACH
def test_a_file_is_small_and_registered_as_it_is(recipe):
    content = avlab.asset(recipe.name).read_bytes()
    assert len(content) <= make_data.LARGEST
    assert make_data.entry(recipe, content) in make_data.REGISTRY.read_text(encoding="utf-8")


def test_making_it_all_anew_touches_nothing_else_in_the_registry(tmp_path, monkeypatch):
    registry = Path(shutil.copy(make_data.REGISTRY, tmp_path))
    before = registry.read_text(encoding="utf-8")
    monkeypatch.setattr(make_data, "ROOT", tmp_path)
    monkeypatch.setattr(make_data, "REGISTRY", registry)
    make_data.main()
    made = sorted(path.relative_to(tmp_path / "data").as_posix() for path in tmp_path.rglob("*.mp4"))
    assert made == sorted(recipe.path for recipe in make_data.RECIPES)
    assert (
        registry.read_text(encoding="utf-8").partition(make_data.MARK)[0]
        == before.partition(make_data.MARK)[0]
    )


def test_a_file_that_is_too_large_stops_the_maker(tmp_path, monkeypatch):
    monkeypatch.setattr(make_data, "ROOT", tmp_path)
    monkeypatch.setattr(make_data, "LARGEST", 1000)
    with pytest.raises(SystemExit, match="1000 are allowed"):
        make_data.main()
