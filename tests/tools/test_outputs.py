import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tools.notebooks.outputs import WIDGET, BareWidget, settle


def showing(data):
    output = new_output("display_data", data=data)
    return new_notebook(cells=[new_code_cell("show", outputs=[output])], metadata={"widgets": {"state": {}}})


def test_a_widget_keeps_its_static_form_alone():
    notebook = showing({WIDGET: {"model_id": "random"}, "text/html": "<p>static</p>", "text/plain": "slider"})
    settle(notebook)
    assert notebook.cells[0].outputs[0].data == {"text/html": "<p>static</p>", "text/plain": "slider"}
    assert "widgets" not in notebook.metadata


def test_a_widget_without_a_static_form_is_refused():
    with pytest.raises(BareWidget, match="static form"):
        settle(showing({WIDGET: {"model_id": "random"}, "text/plain": "slider"}))
