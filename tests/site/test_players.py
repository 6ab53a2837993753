import pytest

from tests.site.pages import CHAPTERS

pytestmark = pytest.mark.browser

PLAY = """async player => {
  player.muted = true;
  player.currentTime = 0;
  await player.play();
  for (let i = 0; i < 100 && !player.currentTime; i++) await new Promise(done => setTimeout(done, 50));
  const reached = player.currentTime;
  player.pause();
  return reached;
}"""
OPEN_PANELS = "sweep => [...sweep.querySelectorAll(':scope > details')].map(panel => panel.open && panel.checkVisibility())"


@pytest.fixture
def chapter(browser, address, request):
    page = browser.new_page()
    page.goto(f"{address}/{request.param}.html", wait_until="networkidle")
    yield page
    page.close()


each_chapter = pytest.mark.parametrize("chapter", CHAPTERS, indirect=True)


@each_chapter
def test_every_player_plays(chapter):
    players = chapter.locator("video, audio").element_handles()
    assert players
    assert [i for i, player in enumerate(players) if not player.evaluate(PLAY) > 0] == []


@each_chapter
def test_every_sweep_moves_and_shows_each_of_its_results(chapter):
    sweeps = chapter.locator("[data-sweep]")
    assert sweeps.count()
    for sweep in sweeps.all():
        slider, names = sweep.locator("input[type=range]"), []
        slider.focus()
        count = int(slider.get_attribute("max")) + 1
        for place in range(count):
            assert sweep.evaluate(OPEN_PANELS) == [i == place for i in range(count)]
            names.append(sweep.locator("output").inner_text())
            chapter.keyboard.press("ArrowRight")
        assert len(set(names)) == count > 1
