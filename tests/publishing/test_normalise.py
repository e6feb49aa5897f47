from __future__ import annotations

import copy

import nbformat
from nbformat.v4 import new_output

from zhibiao.publishing.normalise import normalise, notebook_text


def after_a_run(build, run: str):
    """One notebook as papermill leaves it; `run` stands for everything that differs between runs."""
    widget = new_output(
        "display_data", {"text/plain": "x", "application/vnd.jupyter.widget-view+json": {"model_id": run}}
    )
    nb = build.notebook(build.markdown("# 题", "lang-zh"), build.code(build.sentence("句"), widget), region="重庆")
    nb.metadata |= {
        "language_info": {"name": "python", "version": run},
        "widgets": {"state": {run: 1}},
        "papermill": {
            "start_time": run,
            "input_path": f"/home/{run}/x.ipynb",
            "parameters": {"region": "重庆"},
            "version": "2.7",
        },
    }
    for cell in nb.cells:
        cell.id = run
        cell.metadata |= {"papermill": {"duration": run}, "execution": {"iopub.status.busy": run}}
    return nb


def test_two_runs_give_the_same_bytes(build):
    first, second = notebook_text(after_a_run(build, "one")), notebook_text(after_a_run(build, "two"))
    assert first == second
    assert first.endswith("}\n")
    assert not first.endswith("\n\n")
    assert "/home" not in first


def test_what_matters_stays(build):
    clean = normalise(after_a_run(build, "one"))
    assert [cell.id for cell in clean.cells] == ["cell-01", "cell-02"]
    assert clean.cells[0].metadata.tags == ["lang-zh"]
    assert clean.cells[1].execution_count == 1
    assert clean.cells[1].outputs[0].data["text/markdown"] == "句"
    assert clean.metadata.papermill == {"parameters": {"region": "重庆"}}
    assert clean.metadata.zhibiao.region == "重庆"
    assert clean.metadata.language_info == {"name": "python"}
    nbformat.validate(clean)


def test_normalising_twice_changes_nothing_and_the_original_is_left_alone(build):
    nb = after_a_run(build, "one")
    before = copy.deepcopy(nb)
    once = notebook_text(nb)
    assert notebook_text(nbformat.reads(once, as_version=4)) == once
    assert nb == before


def test_notebooks_older_than_cell_ids_get_them(build):
    nb = build.notebook(build.markdown("x"))
    nb.nbformat_minor = 2
    del nb.cells[0]["id"]
    assert '"id": "cell-01"' in notebook_text(nb)


def test_what_was_printed_is_one_output_however_it_was_cut(build):
    def printed(*parts):
        return build.notebook(build.code(*(new_output("stream", name=name, text=text) for name, text in parts)))

    cut = printed(("stdout", "one"), ("stdout", "\n"), ("stderr", "!"), ("stdout", "two\n"))
    assert notebook_text(cut) == notebook_text(printed(("stdout", "one\n"), ("stderr", "!"), ("stdout", "two\n")))
    assert [(each.name, each.text) for each in normalise(cut).cells[0].outputs] == [("stdout", "one\n"), ("stderr", "!"), ("stdout", "two\n")]
