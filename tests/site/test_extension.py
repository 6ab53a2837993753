"""The local Sphinx extension, on a site of two pages."""

import io
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.application import Sphinx

from avlab.workbook import exercises
from avlab.workbook.cells import check_cell, nbgrader_metadata, solution_cell

EXERCISE = next(exercise for exercise in exercises() if exercise.asks_for_function)
PAGE = """\
# Page

<a id="here"></a>A line, and $\\frac{a}{b}$.

$$
\\sum_{k=0}^{n} x_k < \\infty
$$

```{glossary}
clip
  A film.
```

| | |
| --- | --- |
| <a id="A2.1"></a>A2.1 | a row |

```{toctree}
chapter
```
"""


def notebook(links):
    marks = {"nbgrader": nbgrader_metadata(EXERCISE, "solution")}
    cells = [
        new_markdown_cell(f"# Chapter\n\n{links}"),
        new_code_cell(solution_cell(EXERCISE), metadata=marks),
        new_code_cell(check_cell(EXERCISE), metadata={"nbgrader": nbgrader_metadata(EXERCISE, "check")}),
    ]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    def built(links="", page=PAGE):
        source = tmp_path_factory.mktemp("site")
        (source / "page.md").write_text(page)
        nbformat.write(notebook(links), source / "chapter.ipynb")
        before = (source / "chapter.ipynb").read_bytes()
        warnings = io.StringIO()
        settings = {
            "extensions": ["myst_nb", "course_site"],
            "root_doc": "page",
            "html_math_renderer": "mathml",
            "myst_enable_extensions": ["dollarmath"],
            "nb_execution_mode": "off",
        }
        app = Sphinx(
            source, None, source / "out", source / "trees", "html", settings, status=None, warning=warnings
        )
        app.build()
        assert (source / "chapter.ipynb").read_bytes() == before
        names = ("page", "chapter")
        soups = [BeautifulSoup((source / f"out/{name}.html").read_text(), "html.parser") for name in names]
        return SimpleNamespace(page=soups[0], chapter=soups[1], warnings=warnings.getvalue())

    return built


@pytest.fixture(scope="module")
def site(build):
    return build(links="[a](page.md#here) [b](page.md#A2.1) [c](page.md#term-clip)")


def test_the_toy_site_is_built_without_a_warning(site):
    assert site.warnings == ""


def test_a_link_may_end_at_an_anchor_a_row_or_a_term(site):
    hrefs = [tag["href"] for tag in site.chapter.find_all("a", href=True)]
    assert {"page.html#here", "page.html#A2.1", "page.html#term-clip"} <= set(hrefs)


def test_a_link_to_no_anchor_is_a_warning(build):
    assert "nowhere" in build(links="[a](page.md#nowhere)").warnings


def test_formulas_are_mathml_inline_and_in_a_block(site):
    inline, block = site.page.find_all("math")
    assert inline.find("mfrac") and not inline.get("display")
    assert block["display"] == "block" and block.find_parent("div")["class"] == ["formula"]


def test_a_formula_that_cannot_be_drawn_is_a_warning_and_stays_readable(build):
    site = build(page=PAGE + "\n$\\frobnicate{a < b}$\n")
    assert "frobnicate" in site.warnings
    assert site.page.find("code", string="\\frobnicate{a < b}")


def test_no_page_loads_mathjax(site):
    assert [tag["src"] for tag in site.page("script", src=True) if "mathjax" in tag["src"].casefold()] == []


def test_an_exercise_shows_what_the_learner_starts_from(site):
    cell = site.chapter.find("div", class_="cell_input").get_text()
    assert f"def {EXERCISE.name}(" in cell and "raise NotImplementedError" in cell


def test_the_solution_is_folded_below_it_with_the_common_errors(site):
    (folded,) = site.chapter.find_all("details", class_="solution")
    assert f"def {EXERCISE.name}(" in folded.find("pre").get_text()
    assert "NotImplementedError" not in folded.get_text()
    assert len(folded("li")) == len(EXERCISE.mistakes)
    assert "BEGIN SOLUTION" not in site.chapter.get_text()


def test_the_check_stays_below_the_solution(site):
    folded = site.chapter.find("details", class_="solution")
    assert f'check("{EXERCISE.id}"' in folded.find_next("div", class_="cell_input").get_text()
