"""Make forked kernels the default of this environment: ``python -m zhibiao.kernels.install``, undone by ``--remove``.

Papermill and nbval read no Jupyter settings, so a provisioner named there would reach Lab alone. What all of them read is the kernel
specification ``python3``, which the committed notebooks name: a line in it names the provisioner. Where there is none (nbval with
``--nbval-current-env``), the environment variable JUPYTER_DEFAULT_PROVISIONER_NAME does the same.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from zhibiao.kernels import PROVISIONER

_STANZA = "kernel_provisioner"


def specification() -> dict[str, Any]:
    """Return ipykernel's specification of ``python3``, for an environment that lacks one."""
    return {
        "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "metadata": {"debugger": True, "supported_encryption": ["curve"]},
        "kernel_protocol_version": "5.5",
    }


def install(prefix: Path) -> list[Path]:
    """Name the provisioner in ``python3``, and add the kernel ``zhibiao`` beside it; returns the files written."""
    kernels = prefix / "share" / "jupyter" / "kernels"
    default, own = kernels / "python3" / "kernel.json", kernels / PROVISIONER / "kernel.json"
    content = json.loads(default.read_text("utf-8")) if default.exists() else specification()
    content.setdefault("metadata", {})[_STANZA] = {"provisioner_name": PROVISIONER}
    _write(default, content)
    _write(own, {**content, "display_name": "指标 zhibiao"})
    return [default, own]


def remove(prefix: Path) -> None:
    """Take the provisioner out of ``python3`` again, and the kernel ``zhibiao`` away."""
    kernels = prefix / "share" / "jupyter" / "kernels"
    default, own = kernels / "python3" / "kernel.json", kernels / PROVISIONER / "kernel.json"
    if default.exists():
        content = json.loads(default.read_text("utf-8"))
        content.get("metadata", {}).pop(_STANZA, None)
        _write(default, content)
    if own.exists():
        own.unlink()
        own.parent.rmdir()


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # a reader finds the old file or the new one, whole
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    new.replace(path)


def main() -> None:
    """Install or remove in this environment, or under a prefix."""
    parser = argparse.ArgumentParser(prog="python -m zhibiao.kernels.install", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--prefix", type=Path, default=Path(sys.prefix), help="the environment (this one)")
    parser.add_argument("--remove", action="store_true", help="back to cold starts")
    options = parser.parse_args()
    if options.remove:
        remove(options.prefix)
        return
    if options.prefix == Path(sys.base_prefix):
        sys.exit("只装进虚拟环境 only a virtual environment is changed: make setup")
    for path in install(options.prefix):
        print(path)


if __name__ == "__main__":
    main()
