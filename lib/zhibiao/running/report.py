"""What is told while a batch runs, and the page that links everything published."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from zhibiao.running.job import BatchResult, RunResult, Task

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table


_WORDS = {"run": "运行中 running", "ok": "完成 done", "cached": "沿用 cached", "kept": "未动 kept", "failed": "失败 failed"}
_STYLES = {"run": "cyan", "ok": "green", "cached": "dim", "kept": "dim", "failed": "bold red"}
_DONE = {"ok": "done", "cached": "cached", "kept": "kept", "failed": "failed"}


class Reporter:
    """Says nothing; the base of those that do. Methods are called from several threads."""

    def __init__(self, out: Path) -> None:
        self.out = out.resolve()
        self.lock = threading.Lock()

    def started(self, task: Task) -> None:
        """A worker takes the task up."""

    def ended(self, result: RunResult) -> None:
        """A task ended, well or not, or need not be run."""

    def finished(self, outcome: BatchResult) -> None:
        """All is over."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Lines(Reporter):
    """A line of JSON for each event on standard output, for schedulers and scripts."""

    def started(self, task: Task) -> None:
        self._say("start", _names(task))

    def ended(self, result: RunResult) -> None:
        told: dict[str, Any] = {**_names(result.task), "seconds": round(result.seconds, 2)}
        if result.folder.is_dir():
            told["folder"] = result.folder.relative_to(self.out).as_posix()
        if result.error is not None:
            told |= {"kind": type(result.error).__name__, "exit_code": result.exit_code, "error": str(result.error)}
        self._say(_DONE[result.status], told)

    def finished(self, outcome: BatchResult) -> None:
        counts = {status: sum(run.status == status for run in outcome.runs) for status in _DONE}
        if not counts["kept"]:
            del counts["kept"]
        told: dict[str, Any] = {**counts, "interrupted": outcome.interrupted, "exit_code": outcome.exit_code}
        if outcome.fault is not None:
            told["error"] = str(outcome.fault)
        self._say("batch", told)

    def _say(self, event: str, told: dict[str, Any]) -> None:
        with self.lock:
            print(json.dumps({"event": event, **told}, ensure_ascii=False), flush=True)


class Board(Reporter):
    """A table on a terminal, one line a run; the messages of failed runs follow it.

    Of a large batch it shows what runs, what failed and what ended last, `LINES` at most, above a line that counts: a table of thousands
    would be drawn anew four times a second.
    """

    LINES = 40

    def __init__(self, out: Path) -> None:
        super().__init__(out)
        self.states: dict[str, tuple[Task, str, float]] = {}
        self.live: Live | None = None

    def __enter__(self) -> Self:
        from rich.live import Live

        self.live = Live(get_renderable=self._table, refresh_per_second=4)
        self.live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live is not None:
            self.live.__exit__(kind, error, trace)

    def started(self, task: Task) -> None:
        with self.lock:
            self.states[str(task.folder)] = (task, "run", 0.0)

    def ended(self, result: RunResult) -> None:
        with self.lock:
            self.states[str(result.task.folder)] = (result.task, result.status, result.seconds)

    def finished(self, outcome: BatchResult) -> None:
        from rich.text import Text

        if self.live is None:
            return
        said = [f"{run.task.name}\n{run.error}" for run in outcome.runs if run.error]
        said += [str(outcome.fault)] if outcome.fault else []
        said += ["已中止 interrupted"] if outcome.interrupted else []
        for message in said:
            self.live.console.print(Text(message, style="red"))

    def _table(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for title in ("笔记本 notebook", "地区 region", "情景 scenario", "状态 status"):
            table.add_column(title)
        table.add_column("秒 s", justify="right")
        with self.lock:
            states = list(self.states.values())
        for task, state, seconds in _foremost(states, self.LINES):
            cells = (task.stem, task.region_name, task.scenario)
            table.add_row(
                *(Text(cell) for cell in cells),
                Text(_WORDS[state], style=_STYLES[state]),
                f"{seconds:.1f}" if seconds else "",
            )
        if len(states) > self.LINES:
            counts = Counter(state for _, state, _ in states)
            said = "，".join(f"{_WORDS[state]} {counts[state]}" for state in _WORDS if counts[state])
            table.caption = Text(said)
        return table


def _foremost(states: list[tuple[Task, str, float]], most: int) -> list[tuple[Task, str, float]]:
    """Return what is shown of many runs, in their order: those that run, then failed ones, then the last of the others."""
    if len(states) <= most:
        return states
    ranks = {"run": 0, "failed": 1}
    nearest = sorted(range(len(states)), key=lambda place: (ranks.get(states[place][1], 2), -place))
    return [states[place] for place in sorted(nearest[:most])]


def reporter(out: Path, quiet: bool = False) -> Reporter:
    """Return what fits where the output goes: a table on a terminal, else lines of JSON."""
    if quiet:
        return Reporter(out)
    return Board(out) if sys.stdout.isatty() else Lines(out)


def _names(task: Task) -> dict[str, str]:
    return {
        "batch": task.batch,
        "notebook": task.stem,
        "region": task.region_code,
        "region_name": task.region_name,
        "scenario": task.scenario,
    }


def write_outputs_index(out: Path, cached: Collection[Path]) -> None:
    """Write ``index.html`` of everything that lies in `out`, of this batch and of others.

    Parameters
    ----------
    out : Path
        The outputs.
    cached : collection of Path
        Folders that this batch found still good.

    Raises
    ------
    OutputError, OSError
        The page cannot be written.
    """
    from zhibiao.publishing.index import write_index
    from zhibiao.running.entries import entries

    write_index(out, entries(out, cached))
