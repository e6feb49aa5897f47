"""Kernels that start fast: each is a fork of a process that has imported the third-party libraries, fresh and clean every time.

`zhibiao.kernels.provisioner.Provisioner` is what jupyter_client loads (entry point ``zhibiao`` of
``jupyter_client.kernel_provisioners``), so papermill, nbclient, nbval and Lab all use it. It asks a template process
(`zhibiao.kernels.template`) for a fork; on any doubt the kernel is started cold, as always, and says why. This package stands apart:
it imports the standard library and jupyter_client only, for a broken import here would stop every kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PROVISIONER = "zhibiao"
"""Name of the entry point, and of the kernel that is installed beside python3."""

SWITCH = "ZHIBIAO_KERNELS"
"""Environment variable: ``cold`` starts every kernel cold, ``fork`` (as unset) forks where it can."""

TEMPLATE = "ZHIBIAO_TEMPLATE"
"""Environment variable: the socket of a template that another process holds and lends (see `zhibiao.kernels.templates.lend`)."""


@dataclass(frozen=True)
class Start:
    """How a kernel was started.

    Attributes
    ----------
    started : str
        ``forked`` or ``cold``.
    reason : str
        Why it was cold, in Chinese and English; empty when forked.
    """

    started: str
    reason: str = ""


def how(manager: Any) -> Start:
    """Say how the kernel of a jupyter_client kernel manager was started last."""
    provisioner: Any = getattr(manager, "provisioner", None)
    if getattr(provisioner, "started", ""):
        return Start(provisioner.started, provisioner.reason)
    return Start("cold", f"启动器不是 the provisioner is not {PROVISIONER}: {type(provisioner).__name__}")
