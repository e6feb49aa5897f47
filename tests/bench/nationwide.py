"""Nationwide rehearsal: N briefings of the made-up registry through ``zhibiao batch``, and from them the plan for 2800 counties × 6 scenarios.

    python tests/bench/nationwide.py --runs 10              a smoke test
    python tests/bench/nationwide.py --runs 300 --jobs 2    the rehearsal; leave the machine alone meanwhile

Prints Markdown tables: throughput and memory by fifty reports, files and bytes, times of index and roll-up, and the plan with what limits it.
It asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
WHOLE = (2800, 6)
CORES = (2, 4, 8, 16, 32, 64)
PARTS = ("runner", "template", "worker", "kernel")


@dataclass
class Watch:
    """Memory of the batch's processes, sampled: (seconds, part, resident bytes of the largest, bytes that the part alone holds)."""

    process: psutil.Process
    begun: float
    every: float = 2.0
    samples: list[tuple[float, dict[str, int], dict[str, int]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.over.wait(self.every):
            try:
                family = [self.process, *self.process.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            largest: Counter[str] = Counter()
            own: Counter[str] = Counter()
            for one in family:
                try:
                    part = self._part(one)
                    largest[part] = max(largest[part], one.memory_info().rss)
                    own[part] += one.memory_full_info().uss
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            self.samples.append((time.monotonic() - self.begun, dict(largest), dict(own)))

    def _part(self, one: psutil.Process) -> str:
        if one.pid == self.process.pid:
            return "runner"
        line = " ".join(one.cmdline())
        if "zhibiao.running.worker" in line:
            return "worker"
        if "kernels" in line and "template" in line:
            above = one.parent()
            return "kernel" if above is not None and "template" in " ".join(above.cmdline()) else "template"
        return "kernel" if "ipykernel" in line else "other"

    def between(self, first: float, last: float) -> dict[str, int]:
        """Return each part's largest process within a stretch of time."""
        found: Counter[str] = Counter()
        for at, largest, _ in self.samples:
            if first <= at <= last:
                for part, size in largest.items():
                    found[part] = max(found[part], size)
        return dict(found)

    @property
    def own(self) -> dict[str, int]:
        """Return what each part alone held at most."""
        found: Counter[str] = Counter()
        for _, _, own in self.samples:
            for part, size in own.items():
                found[part] = max(found[part], size)
        return dict(found)


def codes(data: Path, runs: int) -> list[str]:
    """Return counties spread evenly over the registry."""
    found = sorted(path.stem.removeprefix("simulated-") for path in (data / "plans").glob("*.yaml"))
    return found[:: max(1, len(found) // runs)][:runs]


@dataclass
class Ran:
    """A batch: seconds until the first report was begun, when which one ended and how, seconds in all and of the processor, memory.

    ``busy`` is the share of all processors that was busy with anything meanwhile.
    """

    first: float
    ended: list[tuple[float, str]]
    wall: float
    cpu: float
    busy: float
    watch: Watch

    @property
    def steady(self) -> float:
        """Seconds from the first report's beginning to the last one's end."""
        return self.ended[-1][0] - self.first


def batch(file: Path, out: Path, data: Path, jobs: int) -> Ran:
    """Run a batch as its users do, and watch it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    psutil.cpu_percent()
    begun = time.monotonic()
    command = [sys.executable, "-m", "zhibiao", "batch", str(file), "--out", str(out), "--data", str(data), "--jobs", str(jobs)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    watch = Watch(psutil.Process(running.pid), begun)
    watching = threading.Thread(target=watch.run)
    watching.start()
    first, ended = 0.0, []
    assert running.stdout is not None
    for line in running.stdout:
        told = json.loads(line)
        if told["event"] == "start":
            first = first or time.monotonic() - begun
        if told["event"] in ("done", "cached", "failed"):
            ended.append((time.monotonic() - begun, told["event"]))
        if told["event"] == "failed":
            print(told["region"], told["error"].splitlines()[0], file=sys.stderr)
    running.wait()
    wall = time.monotonic() - begun
    watch.over.set()
    watching.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(first, ended, wall, cpu, psutil.cpu_percent() / 100, watch)


def timed(what: Callable[[], object]) -> float:
    begun = time.monotonic()
    what()
    return time.monotonic() - begun


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    print("\n| " + " | ".join(header) + " |\n|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def stretches(ran: Ran, step: int) -> None:
    rows, last = [], ran.first
    for start in range(0, len(ran.ended), step):
        part = ran.ended[start : start + step]
        now = part[-1][0]
        held = ran.watch.between(last, now)
        rows.append([f"{start + 1}–{start + len(part)}", f"{60 * len(part) / (now - last):.1f}", *(f"{held.get(name, 0) / 1e6:.0f}" for name in PARTS)])
        last = now
    table(("reports 份", "per minute 每分钟", *(f"{name} MB" for name in PARTS)), rows)


def disk(out: Path, name: str, runs: int) -> float:
    """Print files and bytes; return the bytes a report takes."""
    sizes, folders = 0, Counter[Path]()
    for path in (out / name).rglob("*"):
        folders[path.parent] += 1
        sizes += path.stat().st_blocks * 512 if path.is_file() else 0
    fullest, most = folders.most_common(1)[0]
    within = max(count for folder, count in folders.items() if len(folder.relative_to(out).parts) == 4)
    table(
        ("disk 磁盘", ""),
        [
            ("MB a report 每份", f"{sizes / runs / 1e6:.2f}"),
            ("entries in a run's folder, at most 每份目录项数", within),
            ("entries in the fullest folder 最满目录", f"{most} ({fullest.relative_to(out).as_posix()})"),
        ],
    )
    return sizes / runs


def after_the_batch(out: Path, name: str, data: Path, file: Path) -> None:
    from zhibiao.catalogue.load import load
    from zhibiao.catalogue.scoped import load_for
    from zhibiao.running import batchfile, regionpage, summary
    from zhibiao.running.entries import KEPT
    from zhibiao.running.ranking import Question, ranking
    from zhibiao.running.report import write_outputs_index
    from zhibiao.running.run import NOTEBOOKS

    folder = out / name
    code = codes(data, 1)[0]
    nationwide = data / "notebooks" / "batches" / "nationwide.yaml"
    rows = [
        ("registry read whole 读全库", timed(lambda: load(data))),
        ("registry read for one county 只读一县", timed(lambda: load_for(code, data))),
        (f"{file.name} read and checked 读批次", timed(lambda: batchfile.read(file, notebooks=NOTEBOOKS, data=data))),
        (f"{nationwide.name} read and checked 读批次", timed(lambda: batchfile.read(nationwide, notebooks=NOTEBOOKS, data=data))),
    ]
    programs = "from zhibiao.running.ranking import ranking; import duckdb"
    rows.append(("imports of ranking 排名所需导入", timed(lambda: subprocess.run([sys.executable, "-c", programs], check=True))))
    (folder / summary.NAME).unlink()
    rows.append(("summary made anew 重建汇总", timed(lambda: summary.update(folder))))
    rows.append(("summary, nothing new 汇总无变化", timed(lambda: summary.update(folder))))
    (folder / "regions.html").unlink(missing_ok=True)
    rows.append(("page of regions 地区页", timed(lambda: regionpage.update(folder))))
    rows.append(("ranking 排名", timed(lambda: ranking(folder, Question("intake")))))
    shutil.rmtree(out / KEPT, ignore_errors=True)
    rows.append(("index made anew 重建目录", timed(lambda: write_outputs_index(out, []))))
    rows.append(("index, nothing new 目录无变化", timed(lambda: write_outputs_index(out, []))))
    table(("once 一次性", "s"), [(what, f"{seconds:.2f}") for what, seconds in rows])
    print(f"\nindex.html {(out / 'index.html').stat().st_size / 1e6:.2f} MB, {summary.NAME} {(folder / summary.NAME).stat().st_size / 1e6:.2f} MB")


def constructed(data: Path, out: Path) -> None:
    """Leave what a batch of all counties under all scenarios would leave for summary and index, without running a notebook.

    Rows are those of the baseline; under other scenarios the chances are moved, so that nothing can be shared by mistake.
    """
    from zhibiao.assessing.gaps import gap_table
    from zhibiao.catalogue.load import load
    from zhibiao.catalogue.study import study
    from zhibiao.showing.statement_records import statement_records
    from zhibiao.simulating.scenario import simulate

    registry = load(data)
    scenarios = [scenario for scenario in registry.scenarios.values() if not scenario.regions]
    files = ("09_briefing.pdf", "09_briefing.docx", "09_briefing.ipynb", "statements.json", "tables/09_briefing-tables.xlsx", "figures/09_briefing-figure-01.png")
    for code in codes(data, WHOLE[0]):
        asked = study(registry, code)
        records = statement_records(asked, gap_table(asked, simulate(asked).chances))
        for number, scenario in enumerate(scenarios):
            folder = out / "nationwide" / code / scenario.id / "09_briefing"
            folder.mkdir(parents=True, exist_ok=True)
            moved = [
                {**told, "scenario": scenario.id, "scenario_zh": scenario.zh, "scenario_en": scenario.en, "chance": told["chance"] and told["chance"] * (1 - number / 20)}
                for told in records
            ]
            (folder / "statements.json").write_text(json.dumps(moved, ensure_ascii=False), encoding="utf-8")
            told = {
                "batch": "nationwide", "region_code": code, "region_name": asked.region.zh, "scenario": scenario.id, "notebook": "09_briefing", "title": "简报",
                "status": "ok", "error": "", "as_of": str(asked.as_of), "report_date": "", "synthetic": True, "key": f"{code}/{scenario.id}",
                "files": dict.fromkeys(files, ""),
            }  # fmt: skip
            (folder / "manifest.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def plan(ran: Ran, again: Ran, runs: int, jobs: int, bytes_each: float) -> None:
    """Print what 2800 × 6 would take: reports are independent, so the processor's seconds of a report and the cores decide.

    What a batch takes that has nothing to do (`again`) is taken once, not for each report.
    """
    each, total, own = (ran.cpu - again.cpu) / runs, WHOLE[0] * WHOLE[1], ran.watch.own
    mine = ran.cpu / ran.wall / (os.cpu_count() or 1)
    limit = "processor 处理器" if mine > 0.8 else "other work on this machine 本机其他工作" if ran.busy > 0.9 else "waiting: disk, kernels answering 等待磁盘、内核"
    table(
        ("measured 实测", ""),
        [
            ("seconds until the first report begins 首份开始前秒", f"{ran.first:.1f}"),
            ("seconds after the last report 末份之后秒", f"{ran.wall - ran.ended[-1][0]:.1f}"),
            ("seconds a report and job 每份每路秒", f"{ran.steady * jobs / runs:.2f}"),
            ("processor seconds a report 每份处理器秒", f"{each:.2f}"),
            ("processors busy with the batch; with anything 处理器占用：本批次；全部", f"{100 * mine:.0f} %; {100 * ran.busy:.0f} %"),
            ("what limits 受限于", limit),
        ],
    )
    shared = own.get("runner", 0) + own.get("template", 0)
    job = (own.get("worker", 0) + own.get("kernel", 0)) / jobs
    rows = []
    for cores in CORES:
        measured, least = (total * seconds / cores / 3600 for seconds in (ran.steady * jobs / runs, each))
        rows.append((cores, f"{measured:.1f}", f"{least:.1f}", f"{(shared + cores * job) / 1e9:.1f}"))
    print(f"\n{WHOLE[0]} × {WHOLE[1]} = {total} reports, {total * bytes_each / 1e9:.0f} GB")
    table(("cores = jobs 核", "hours as measured 小时（按实测）", "hours if only the processor counts 小时（仅处理器）", "memory GB"), rows)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=300)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--counties", type=int, default=WHOLE[0])
    asked.add_argument("--every", type=int, default=50, help="reports a line")
    asked.add_argument("--constructed", action="store_true", help="run no notebook: time summary, index and ranking of all counties under all scenarios")
    asked.add_argument("--folder", type=Path, help="registry and outputs go here and stay (default: a folder that goes)")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhibiao-nationwide-") as passing:
        folder = given.folder or Path(passing)
        data, out, file = folder / "data", folder / "outputs", folder / "rehearsal.yaml"
        if not data.is_dir():
            subprocess.run(
                [sys.executable, "-m", "zhibiao", "simulate-regions", "--counties", str(given.counties), "--seed", "1", "--out", str(data)],
                cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        if given.constructed:
            constructed(data, out)
            (out / "nationwide" / "summary.parquet").touch()
            after_the_batch(out, "nationwide", data, data / "notebooks" / "batches" / "rehearsal.yaml")
            return
        lines = ["name: rehearsal", "notebooks: [09_briefing]", "regions:", *(f'  - "{code}"' for code in codes(data, given.runs))]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        cores = os.cpu_count()
        print(f"{given.runs} briefings, {given.jobs} jobs, {cores} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, load before {os.getloadavg()[0]:.1f}")
        ran = batch(file, out, data, given.jobs)
        print(f"{ran.wall:.0f} s; {dict(Counter(how for _, how in ran.ended))}")
        stretches(ran, given.every)
        each = disk(out, "rehearsal", given.runs)
        again = batch(file, out, data, given.jobs)
        plan(ran, again, given.runs, given.jobs, each)
        print(f"\nagain, nothing changed 再跑一遍，无变化: {again.wall:.1f} s; {dict(Counter(how for _, how in again.ended))}")
        after_the_batch(out, "rehearsal", data, file)


if __name__ == "__main__":
    main()
