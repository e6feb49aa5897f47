"""The engine gives what papermill's own gives; it only waits less."""

import asyncio
import subprocess
import sys
import threading

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError
from papermill.exceptions import PapermillExecutionError

from zhibiao.publishing.normalise import notebook_text
from zhibiao.running import quick

CELLS = (
    "import sys; print('out'); print('err', file=sys.stderr); region",
    "from IPython.display import HTML, display; display(HTML('<b>1</b>')); display(2); display(3)",
    "print('a', end='\\r'); print('b')",
    ("import this_is_not_there", ["skip-execution"]),
    "import IPython; h = display(1, display_id='x'); h.update(4)",
    "get_ipython().history_manager.hist_file",
    "",
)


def executed(book, tmp_path, engine, **options):
    options = {"parameters": {"region": "江津"}, "kernel_name": "python3", "language": "python", "progress_bar": False, "start_timeout": 60, **options}
    return papermill.execute_notebook(str(book), str(tmp_path / f"{engine}.ipynb"), engine_name=engine, **options)


def test_both_engines_give_the_same_notebook(tmp_path, notebook):
    book = notebook(tmp_path / "mine.ipynb", *CELLS)
    own, ours = (executed(book, tmp_path, engine) for engine in ("nbclient", "zhibiao"))
    assert notebook_text(ours) == notebook_text(own)
    assert [cell.get("execution_count") for cell in ours.cells if cell.cell_type == "code"] == [1, 2, 3, 4, 5, None, 6, 7, None]
    assert notebook_text(nbformat.read(tmp_path / "zhibiao.ipynb", 4)) == notebook_text(ours)
    assert ours.metadata.language_info == own.metadata.language_info


def test_a_cell_that_raises_ends_both_in_the_same_way(tmp_path, notebook):
    book = notebook(tmp_path / "mine.ipynb", "1", "1 / 0", "2")
    said = []
    for engine in ("nbclient", "zhibiao"):
        with pytest.raises(PapermillExecutionError) as caught:
            executed(book, tmp_path, engine)
        said.append((caught.value.exec_count, caught.value.ename, caught.value.evalue, caught.value.source))
    assert said[0] == said[1] == (4, "ZeroDivisionError", "division by zero", "1 / 0")
    own, ours = (nbformat.read(tmp_path / f"{engine}.ipynb", 4) for engine in ("nbclient", "zhibiao"))
    for left in (own, ours):  # the message names the cell by an id that papermill draws anew
        left.cells = [cell for cell in left.cells if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])]
    assert notebook_text(ours) == notebook_text(own)


def test_what_a_slow_cell_has_shown_is_on_the_disk_while_it_runs(tmp_path, notebook, within, monkeypatch):
    monkeypatch.setattr(quick, "SLOW", 0.2)
    go = tmp_path / "go"
    book = notebook(
        tmp_path / "mine.ipynb", "'first'", f"print('half', flush=True)\nimport os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)"
    )
    running = threading.Thread(target=executed, args=(book, tmp_path, "zhibiao"))
    running.start()

    def seen():
        try:
            left = nbformat.read(tmp_path / "zhibiao.ipynb", 4)
        except (OSError, ValueError):
            return False
        return [len(cell.outputs) for cell in left.cells if cell.cell_type == "code"] == [0, 0, 1, 1]

    try:
        assert within(seen, 30)
    finally:
        go.touch()
        running.join(30)
    assert not running.is_alive()


def test_the_notebook_is_not_written_at_every_cell(tmp_path, notebook, monkeypatch):
    written = []
    monkeypatch.setattr(quick, "write_ipynb", lambda nb, path: written.append(path))
    executed(notebook(tmp_path / "mine.ipynb", *["1"] * 8), tmp_path, "zhibiao")
    assert written == []  # papermill writes what is finished


def test_a_notebook_that_takes_too_long_is_written_as_far_as_it_came(tmp_path, notebook):
    book = notebook(tmp_path / "mine.ipynb", "'seen'", "import time; time.sleep(60)")
    with pytest.raises(CellTimeoutError):
        executed(book, tmp_path, "zhibiao", execution_timeout=1)
    left = nbformat.read(tmp_path / "zhibiao.ipynb", 4)
    assert [len(cell.outputs) for cell in left.cells if cell.cell_type == "code"] == [0, 0, 1, 0]


def test_the_kernel_is_asked_at_the_end_and_nothing_of_it_is_seen(tmp_path, notebook):
    heard, began = [], []
    book = notebook(tmp_path / "mine.ipynb", "x = '中\\n文'", "1")
    made = executed(book, tmp_path, "zhibiao", question="x", answered=heard.append, cell_started=lambda nb, index: began.append(index))
    assert heard == ["中\n文"]
    assert began == [1, 2, 3, 4]
    assert notebook_text(made) == notebook_text(executed(book, tmp_path, "nbclient"))


def test_it_can_be_called_where_a_loop_is_running_already(tmp_path, notebook):
    async def called():
        return executed(notebook(tmp_path / "mine.ipynb", "1"), tmp_path, "zhibiao")

    assert asyncio.run(called()).cells[-1].outputs[0].data["text/plain"] == "1"


class Channel:
    """What a kernel says on one channel, one question after the other."""

    def __init__(self, *answers):
        self.answers, self.socket = [list(answer) for answer in answers], self

    def asked(self):
        self.waiting = self.answers.pop(0) if self.answers else []

    async def poll(self, milliseconds):
        return bool(self.waiting)

    async def get_msg(self, timeout):
        return self.waiting.pop(0)


def test_a_kernel_is_ready_when_its_idle_has_come_on_the_second_channel(monkeypatch):
    def told(asked, kind, **content):
        return {"msg_type": kind, "parent_header": {"msg_id": asked}, "content": content}

    info = {"protocol_version": "5.3", "language_info": {"name": "python"}}
    shell = Channel([told("1", "kernel_info_reply", **info)], [told("2", "kernel_info_reply", **info)])
    # connected too late for the first question; what belongs to it is no sign for the second
    second = Channel([], [told("1", "status", execution_state="idle"), told("2", "status", execution_state="busy"), told("2", "status", execution_state="idle")])
    client, questions = quick.ReadyClient(), iter("123")

    def ask():
        shell.asked()
        second.asked()
        return next(questions)

    async def alive():
        return True

    monkeypatch.setattr(type(client), "shell_channel", shell)
    monkeypatch.setattr(type(client), "iopub_channel", second)
    monkeypatch.setattr(client, "kernel_info", ask)
    monkeypatch.setattr(client, "_async_is_alive", alive)
    monkeypatch.setattr(quick, "_ECHO", 0.01)
    asyncio.run(client.wait_for_ready(5))
    assert next(questions) == "3" and second.waiting == []
    assert client.language == {"name": "python"}


def test_the_clients_are_those_that_know_a_ready_kernel():
    assert quick.QuickManager.client_factory.default_value is quick.ReadyClient


def test_a_question_that_fails_is_no_answer(tmp_path, notebook):
    heard = []
    executed(notebook(tmp_path / "mine.ipynb", "1"), tmp_path, "zhibiao", question="no_such_name", answered=heard.append)
    assert heard == []


@pytest.mark.parametrize("first", ["zhibiao.running.engine", "zhibiao.running.quick", "papermill"])
def test_whatever_is_imported_first_papermill_knows_the_engine(first):
    program = f"import {first}; from papermill.engines import papermill_engines as known; print(known.get_engine('zhibiao').__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("Engine", 0), done.stderr
