"""Batches of reports: this project beside the other ways to run the same notebooks with the same parameters, two at a time.

``python tests/bench/bench_batch.py --peers .venv-batch/bin/python [--tasks 18] [--rounds 2] [--only ours,floor] [--write]``

The contestants are those of batch_peers.py and ``zhibiao batch --jobs 2 --force``. They take turns: in each round all of them make the
same reports, the next round begins with another one and has other seeds, and a first round, which fills the caches of the machine, is
printed and not counted. ``--write`` puts the table into docs/performance.md.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import batch_checks
import batch_tasks
import psutil

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NOTEBOOK = ROOT / "notebooks" / f"{batch_tasks.BRIEFING}.ipynb"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- bench_batch: begin -->", "<!-- bench_batch: end -->"
CHROMIUM = os.environ.get("ZHIBIAO_CHROMIUM", "/usr/bin/chromium")
JOBS = 2
PACKAGES = ("papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "matplotlib", "typst", "pypandoc-binary", "ploomber-engine", "playwright")

NAMES = {
    "ours": "zhibiao batch：PDF，另含 docx、图（SVG、PNG）、表 docx, figures (SVG, PNG), tables as well",
    "lean": "zhibiao batch，documents: [pdf]：PDF，另含 SVG 图、表 SVG figures and tables as well, no docx, no PNG",
    "floor": "**底线 floor**：同样的单元格在热进程里直接运行 + Typst the cells in a warm process, Typst",
    "whole": "底线，另含 docx、图、表 the floor with docx, figures, tables",
    "cli": "(a) papermill 命令行 + nbconvert webpdf（Chromium） papermill's command, webpdf",
    "latex": "(b) papermill 命令行 + nbconvert pdf（XeLaTeX） papermill's command, XeLaTeX",
    "pool": "(c) papermill 接口，进程池 + Typst papermill's function in a pool, Typst",
    "ploomber": "(d) ploomber-engine，进程池 + Typst in a pool, Typst",
}
OURS = ("ours", "lean")
TYPST = (*OURS, "floor", "whole", "pool", "ploomber")
WARM = ("floor", "whole")
"""Those whose PDF is made by this project: their pages must be the same."""


@dataclass
class Contestant:
    """What was measured of one of them, a number for each counted round."""

    name: str
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)
    pss: list[float] = field(default_factory=list)
    rss: list[float] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    @property
    def wall(self) -> float:
        return statistics.median(self.walls)


class Failed(Exception):
    """A contestant did not make its reports."""


def absent(name: str, peers: str) -> str:
    """Why a contestant cannot be measured here; empty where it can."""
    if name in (*OURS, *WARM):
        return ""
    if not peers:
        return "no --peers PYTHON (make bench-batch)"
    if name == "cli" and not Path(CHROMIUM).is_file():
        return f"no Chromium at {CHROMIUM}"
    if name == "latex":
        missing = [tool for tool in ("xelatex", "inkscape", "pandoc") if shutil.which(tool) is None]
        return f"not installed 未安装: {', '.join(missing)}" if missing else ""
    return ""


def environment(folder: Path) -> dict[str, str]:
    """The same for all: one BLAS thread, bytecode may be kept, figures as SVG, fonts that Chromium finds, nothing told to anybody."""
    fonts = Path(str(importlib.metadata.distribution("mplfonts").locate_file("mplfonts/fonts")))
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{fonts}</dir><cachedir>{folder / "fonts"}</cachedir></fontconfig>',
        encoding="utf-8",
    )
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIBIAO_", "JUPYTER_", "PYTHON"))}
    return plain | {
        "BENCH_NOTEBOOK": str(NOTEBOOK),
        "ZHIBIAO_FIGURES": "svg",
        "ZHIBIAO_CHROMIUM": CHROMIUM,
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(HERE), str(ROOT / "lib")]),  # what lies beside this file is measured, wherever a copy is installed
        "PYTHONUTF8": "1",
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PLOOMBER_STATS_ENABLED": "false",
        "PLOOMBER_VERSION_CHECK_DISABLED": "true",
        "DO_NOT_TRACK": "1",
    }


def command(name: str, asked: Sequence[batch_tasks.Report], folder: Path, peers: str) -> list[str]:
    """How a contestant is started; it makes its reports in ``folder/out``."""
    if name in OURS:
        (folder / "bench.yaml").write_text(batch_tasks.batch_file(asked, word=name == "ours"), encoding="utf-8")
        return [sys.executable, "-m", "zhibiao", "batch", str(folder / "bench.yaml"), "--jobs", str(JOBS), "--force", "--out", str(folder / "out")]
    (folder / "tasks.json").write_text(json.dumps([report.parameters for report in asked]), encoding="utf-8")
    return [peers or sys.executable, str(HERE / "batch_peers.py"), name, str(folder / "tasks.json"), str(folder / "out")]


def places(name: str, asked: Sequence[batch_tasks.Report], out: Path) -> list[tuple[Path, Path]]:
    """Where the notebooks and PDFs are."""
    if name in OURS:
        return [(out / report.folder / f"{NOTEBOOK.stem}.ipynb", out / report.folder / f"{NOTEBOOK.stem}.pdf") for report in asked]
    return [(out / f"{number}.ipynb", out / f"{number}.pdf") for number in range(len(asked))]


def once(name: str, asked: Sequence[batch_tasks.Report], peers: str, env: Mapping[str, str]) -> tuple[dict, list[batch_checks.Made]]:
    """Have a contestant make the reports, and read what it made.

    Raises
    ------
    Failed
        It did not make all reports.
    """
    with tempfile.TemporaryDirectory(prefix=f"zhibiao-bench-{name}-") as place:
        folder = Path(place).resolve()
        wanted = {
            "command": command(name, asked, folder, peers), "env": dict(env), "cwd": str(folder), "log": str(folder / "log.txt"), "warmed": name in WARM,
        }  # fmt: skip
        (folder / "asked.json").write_text(json.dumps(wanted), encoding="utf-8")
        done = subprocess.run([sys.executable, str(HERE / "batch_measure.py"), str(folder / "asked.json")], capture_output=True, text=True)
        log = (folder / "log.txt").read_text(encoding="utf-8", errors="replace") if (folder / "log.txt").is_file() else ""
        if done.returncode:
            raise Failed(f"{name}: {done.stderr[-2000:]}\n{log[-4000:]}")
        told = json.loads(done.stdout)
        if told["code"]:
            raise Failed(f"{name} ended with {told['code']}:\n{log[-4000:]}")
        if told["left"]:
            print(f"{name} left processes behind 留下了进程: {', '.join(told['left'])}")
        try:
            return told, [batch_checks.made(*pair) for pair in places(name, asked, folder / "out")]
        except OSError as error:
            raise Failed(f"{name} did not make {Path(str(error.filename)).name}:\n{log[-4000:]}") from error


def rounds(contestants: list[Contestant], count: int, turns: int, peers: str, env: Mapping[str, str]) -> list[str]:
    """The warming round with two reports, then the counted ones, each begun by another contestant.

    A peer that fails in the warming round is taken out; returns why.

    Raises
    ------
    Failed
        Ours or the floor failed, or one failed later: times of reports that are not there say nothing.
    """
    out: list[str] = []
    for turn in range(turns + 1):
        asked = batch_tasks.reports(min(count, 2) if turn == 0 else count, turn)
        first = turn % len(contestants)
        found: dict[str, list[batch_checks.Made]] = {}
        for one in [*contestants[first:], *contestants[:first]]:
            try:
                told, found[one.name] = once(one.name, asked, peers, env)
            except Failed as failure:
                if turn or one.name in (*OURS, *WARM):
                    raise
                print(f"taken out 去掉: {failure}")
                out.append(f"{NAMES[one.name]}：失败 failed: {str(failure).strip().splitlines()[-1]}")
                contestants.remove(one)
                continue
            counted = "warming round, not counted 热身，不计" if turn == 0 else f"round {turn} 第{turn}轮"
            print(
                f"{counted}: {one.name}: {len(asked)} reports in {told['wall']:.1f} s, {told['cpu'] / len(asked):.2f} CPU s each, "
                f"{told['pss']:.0f} MB at most ({told['processes']} processes)",
                flush=True,
            )
            if turn:
                one.walls.append(told["wall"])
                one.cpus.append(told["cpu"] / len(asked))
                one.pss.append(told["pss"])
                one.rss.append(told["rss"])
        wanted = found.get("floor") or found[contestants[0].name]
        for one in contestants:
            one.pages = [report.pages for report in found[one.name]]
            one.said.add(batch_checks.compared(found[one.name], wanted))
            if one.name in TYPST and one.pages != [report.pages for report in wanted]:
                one.said.add("other pages 页数不同")
    return out


def table(contestants: Sequence[Contestant], count: int) -> list[str]:
    """What was measured, as Markdown."""
    floor = next((one for one in contestants if one.name == "floor"), None)
    lines = [
        "| 做法 way | 墙钟 wall s（各轮 each round） | 份/分钟 reports/min | CPU 秒/份 CPU s/report | 内存峰值 peak MB：PSS (RSS) | 额外开销 overhead：工作进程秒/份 worker s/report（墙钟 wall） | 为底线的 × floor | 页数 pages | 与底线比 against the floor |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in contestants:
        over = "—" if floor is None else f"{JOBS * (one.wall - floor.wall) / count:.2f} ({(one.wall - floor.wall) / count:.2f})"
        times = "—" if floor is None else f"{one.wall / floor.wall:.2f}"
        walls = " ".join(f"{wall:.1f}" for wall in one.walls)
        lines.append(
            f"| {NAMES[one.name]} | **{one.wall:.1f}** ({walls}) | {60 * count / one.wall:.1f} | {statistics.median(one.cpus):.2f} | "
            f"{max(one.pss):.0f} ({max(one.rss):.0f}) | {over} | {times} | {_pages(one.pages)} | {'; '.join(sorted(one.said))} |"
        )
    return lines


def _pages(pages: Sequence[int]) -> str:
    return f"{sum(pages)} ({min(pages)}–{max(pages)})" if len(set(pages)) > 1 else f"{sum(pages)} ({pages[0]})"


def judged(contestants: Sequence[Contestant], count: int, mine: str) -> list[str]:
    """The promises, each with what was measured, the floor beside it, and whether it is kept."""
    by = {one.name: one for one in contestants}
    if not {mine, "floor"} <= set(by):
        return []
    ours, floor = by[mine].wall, by["floor"].wall

    def over(name: str) -> float:
        return JOBS * (by[name].wall - floor) / count

    beside = f"{60 * count / floor:.1f}"
    told: list[tuple[str, str, bool | None]] = [("额外开销 overhead ≤ 0.8 s/report", f"{over(mine):.2f} s", over(mine) <= 0.8)]
    for name, label, least in (("cli", "(a)", 5.0), ("pool", "(c)", 3.0)):
        if name in by:
            ratio = by[name].wall / ours
            told.append((f"吞吐 throughput ≥ {least:g} × {label}", f"{ratio:.1f} ×（底线为 {label} 的 the floor is {by[name].wall / floor:.1f} ×）", ratio >= least))
    if "cli" in by:
        share = over("cli") / over(mine) if over(mine) > 0 else float("inf")
        told.insert(1, ("额外开销比 (a) 小 overhead smaller than (a)'s ≥ 10 ×", f"{share:.1f} × ({over('cli'):.2f} s : {over(mine):.2f} s)", share >= 10))
        told.append(("更进一步 stretch: throughput ≥ 10 × (a)", f"{by['cli'].wall / ours:.1f} ×（底线 the floor {by['cli'].wall / floor:.1f} ×）", by["cli"].wall / ours >= 10))
    told.append(("墙钟 wall ≤ 1.8 × 底线 floor", f"{ours / floor:.2f} ×", ours / floor <= 1.8))
    told.append(("更进一步 stretch: ≤ 1.3 × 底线 floor", f"{ours / floor:.2f} ×", ours / floor <= 1.3))
    lines = [f"{NAMES[mine]}", "", f"| 要求 asked | 测得 measured（底线 floor {beside} reports/min） | |", "|---|---|---|"]
    if "whole" in by:
        whole = by["whole"].wall
        told.append(
            ("参考 for orientation：对含 docx、图、表的底线 against the floor with docx, figures, tables", f"{ours / whole:.2f} ×，{JOBS * (ours - whole) / count:.2f} s/report", None)
        )
    return lines + [f"| {asked} | {found} | {'' if met is None else '达到 met' if met else '**未达到 not met**'} |" for asked, found, met in told]


def machine(peers: str) -> list[str]:
    """What it was measured on."""
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if line.startswith("model name")), platform.processor())
    memory = psutil.virtual_memory().total / 2**30
    code = f"import importlib.metadata as m, json; print(json.dumps({{n: m.version(n) for n in {PACKAGES!r} if any(d.name == n for d in m.distributions(name=n))}}))"
    versions = json.loads(subprocess.run([peers or sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    said = [f"{name} {version}" for name, version in versions.items()]
    browser = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True).stdout.strip() if Path(CHROMIUM).is_file() else ""
    load = os.getloadavg()[0]
    return [
        f"机器 machine：{model}，{psutil.cpu_count()} 核 cores，{memory:.0f} GiB；{platform.system()} {platform.release()}，Python {platform.python_version()}；"
        f"测时负载 load at the end {load:.1f}。",
        "",
        f"版本 versions：{'，'.join([*said, *([browser.split(' built')[0]] if browser else [])])}。",
    ]


def written(lines: Sequence[str]) -> None:
    """Put the lines between the markers of docs/performance.md."""
    text = PAGE.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise SystemExit(f"{PAGE.name} has no {BEGIN} … {END}")
    new = re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: "\n".join([BEGIN, *lines, END]), text, flags=re.DOTALL)
    PAGE.write_text(new, encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default="", help="Python of the environment of tests/bench/batch-requirements.txt")
    parser.add_argument("--tasks", type=int, default=18)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", default=",".join(NAMES))
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    peers = str(Path(chosen.peers).absolute()) if chosen.peers else ""
    unknown = set(chosen.only.split(",")) - set(NAMES)
    if unknown or chosen.tasks < 1 or chosen.rounds < 1:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}" if unknown else "tasks and rounds are at least 1")
    contestants, missing = [], []
    for name in NAMES:
        if name not in chosen.only.split(","):
            continue
        if why := absent(name, peers):
            missing.append(f"{NAMES[name]}：{why}")
            print(f"left out 略去: {missing[-1]}")
        else:
            contestants.append(Contestant(name))
    with tempfile.TemporaryDirectory(prefix="zhibiao-bench-") as place:
        missing += rounds(contestants, chosen.tasks, chosen.rounds, peers, environment(Path(place).resolve()))
    lines = [
        f"{chosen.tasks} 份互不相同的简报，每次两份，{chosen.rounds} 轮取中位数 {chosen.tasks} different briefings, {JOBS} at a time, median of {chosen.rounds} rounds.",
        "", *table(contestants, chosen.tasks), "", *[line for mine in OURS for line in (*judged(contestants, chosen.tasks, mine), "")], *[f"略去 left out: {one}" for one in missing], *([""] if missing else []), *machine(peers),
    ]  # fmt: skip
    print("\n" + "\n".join(lines))
    if chosen.write:
        written(lines)


if __name__ == "__main__":
    main()
