"""Measure forked kernels beside cold ones: ``python tests/kernels/measure.py [ROUNDS]``. Prints seconds, asserts nothing."""

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

# jsonschema's optional import costs two seconds and is not needed
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = "zhibiao"
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import nbformat  # noqa: E402
from jupyter_client.manager import KernelManager  # noqa: E402
from nbclient import NotebookClient  # noqa: E402

from zhibiao.kernels import how  # noqa: E402

ROOT = Path(__file__).parents[2]
IMPORTS = "import pandas, matplotlib.pyplot, seaborn, scipy.stats, pydantic"


def start(code: str) -> Callable[[], str]:
    """Start a kernel, run one cell, kill it."""

    def once() -> str:
        manager = KernelManager()
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=60)
        assert reply["content"]["status"] == "ok", reply
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        return how(manager).started

    return once


def notebook(name: str) -> Callable[[], str]:
    """Execute a committed notebook."""

    def once() -> str:
        book = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)
        place = {"metadata": {"path": str(ROOT / "notebooks")}}
        client = NotebookClient(book, kernel_name="python3", timeout=120, resources=place, shutdown_kernel="immediate")
        client.execute()
        return "forked" if os.environ["ZHIBIAO_KERNELS"] == "fork" else "cold"

    return once


WAYS: dict[str, Callable[[], str]] = {
    "start, first cell 1 + 1, stop": start("1 + 1"),
    "start, first cell imports, stop": start(IMPORTS),
    "00_start by nbclient": notebook("00_start"),
    "04_cohort by nbclient": notebook("04_cohort"),
}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    os.environ["ZHIBIAO_KERNELS"] = "fork"
    begun = time.perf_counter()
    start("1 + 1")()
    print(f"first start, template imported meanwhile: {time.perf_counter() - begun:.2f} s")
    for name, way in WAYS.items():
        seconds: dict[str, list[float]] = {"cold": [], "forked": []}
        for _ in range(rounds):
            for switch in ("cold", "fork"):  # by turns: other work on the machine strikes both
                os.environ["ZHIBIAO_KERNELS"] = switch
                begun = time.perf_counter()
                started = way()
                seconds[started].append(time.perf_counter() - begun)
        said = [
            f"{kind} best {min(took):5.2f} median {statistics.median(took):5.2f} worst {max(took):5.2f}"
            for kind, took in seconds.items()
        ]
        print(f"{name:34} {'   '.join(said)}   saved at best {min(seconds['cold']) - min(seconds['forked']):5.2f}")


if __name__ == "__main__":
    main()
