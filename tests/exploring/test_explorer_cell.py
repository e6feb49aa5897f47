"""The explorer's cell: chart and table wherever nobody looks on, widgets where a front end asks for the cell by its name."""

import time

import nbformat
import papermill
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from zhibiao.exploring.cell import explorer, live
from zhibiao.notebook import setup
from zhibiao.publishing.extract import figures
from zhibiao.publishing.normalise import normalise
from zhibiao.publishing.resource import tables

CELL = "from zhibiao.exploring.cell import explorer\nfrom zhibiao.notebook import setup\nexplorer(setup('重庆', 'all', None, None, 'plan_2021', 80, 2020, 'zh', None))"
VIEW = "application/vnd.jupyter.widget-view+json"


def notebook():
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    return nb


def shown(nb):
    return [(output.output_type, dict(output.data)) for output in normalise(nb).cells[-1].outputs]


@pytest.fixture(scope="module")
def executed():
    """As nbval and `zhibiao notebooks` execute it."""
    return NotebookClient(notebook(), timeout=120).execute()


def test_nobody_looks_on_in_a_test():
    assert not live()


def test_a_committed_notebook_holds_chart_and_table_and_no_widgets(executed):
    (_, chart), (_, table) = shown(executed)
    assert chart["text/plain"].startswith("2025年在校生中位11.1万人") and "image/png" in chart
    assert table["text/plain"].startswith("目标与试算") and "text/html" in table
    assert "widgets" not in executed.metadata and not any(VIEW in output.data for output in executed.cells[-1].outputs)


def test_papermill_shows_the_same(executed, tmp_path):
    nbformat.write(notebook(), tmp_path / "in.ipynb")
    done = papermill.execute_notebook(tmp_path / "in.ipynb", None, progress_bar=False)
    assert shown(done) == shown(executed)


def test_a_published_run_has_its_picture_as_svg_and_the_table_as_data(monkeypatch):
    monkeypatch.setenv("ZHIBIAO_FIGURES", "svg")
    nb = NotebookClient(notebook(), timeout=120).execute()
    ((_, svg, _),) = figures(nb)
    assert svg is not None and b"<svg" in svg
    (table,) = tables(nb)
    assert len(table.rows) == 8


def test_the_words_do_not_depend_on_who_runs_it(executed):
    again = explorer(setup("重庆", "all", None, None, "plan_2021", 80, 2020, "zh", None))
    assert repr(again) == "\n\n".join(data["text/plain"] for _, data in shown(executed))


@pytest.mark.parametrize(("region", "lang", "begin"), [("江津", "zh", "江津区：没有同一年的招生与在校生"), ("cangzhou", "en", "Cangzhou: no year has both intake and enrolment")])
def test_a_region_without_a_pipe_shows_why_and_what_is_asked_for(region, lang, begin):
    why, asked = explorer(setup(region, "all", None, None, "baseline", 80, 2020, lang, None)).parts()
    assert repr(why).startswith(begin) and len(asked.rows) > 2


def test_where_a_front_end_names_the_cell_the_explorer_is_alive(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        request = client.session.msg("execute_request", {"code": CELL, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}, metadata={"cellId": "a"})
        client.shell_channel.send(request)
        found, deadline = [], time.monotonic() + 60
        while time.monotonic() < deadline:
            message = client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
                continue
            if message["msg_type"] == "error":
                pytest.fail("\n".join(message["content"]["traceback"]))
            if message["msg_type"] == "display_data":
                found.append(message["content"]["data"])
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        (shown_alive,) = found
        assert VIEW in shown_alive and "image/png" in shown_alive and shown_alive["text/plain"].startswith("2025年在校生中位11.1万人")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
