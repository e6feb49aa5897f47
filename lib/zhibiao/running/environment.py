"""What a worker and its kernels find around them: the same for everybody, nothing of the user's, no secret."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from zhibiao.catalogue.load import overlays
from zhibiao.catalogue.tracing import SWITCH
from zhibiao.kernels import PROVISIONER
from zhibiao.running.job import ROOT

_SECRET = re.compile(r"TOKEN|SECRET|PASS|PWD|CREDENTIAL|AUTH|COOKIE|SIGNATURE|CONNECTION_?STRING|KEY(_?ID)?$|_PAT$|_[AS]K$", re.IGNORECASE)
_PERSONAL = frozenset({"USER", "USERNAME", "LOGNAME", "HOSTNAME", "MAIL", "EMAIL", "PWD", "OLDPWD", "SUDO_USER", "SUDO_COMMAND"})


def environment(folder: Path, data: Path | None) -> dict[str, str]:
    """Return the environment of a worker and its kernels.

    Parameters
    ----------
    folder : Path
        Private to the worker: settings and history of Jupyter and IPython, sockets. Nothing is read from or written to the home.
    data : Path, optional
        The overlay.
    """
    chosen = {name: value for name, value in os.environ.items() if not _private(name, value)}
    # ipykernel warns when it ends; another installation's kernels and settings are not wanted
    for name in ("PYTHONWARNINGS", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        chosen.pop(name, None)
    for overlay in overlays(data):
        chosen["ZHIBIAO_DATA"] = str(overlay)  # absolute: a kernel starts in the notebook's folder
    chosen |= _bytecode(chosen.pop("PYTHONDONTWRITEBYTECODE", ""))
    return chosen | {
        "ZHIBIAO_FIGURES": "svg",
        SWITCH: "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": str(lasting("matplotlib") or folder / "matplotlib"),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        # cron and systemd start without a language: pandoc then takes the title for bytes
        **dict.fromkeys(("LANG", "LC_ALL"), "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER,
        # what a killed process leaves in its temporary folder goes with this one
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder / "tmp")),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def _bytecode(unwanted: str) -> dict[str, str]:
    """Keep compiled modules aside where none may stand beside their source: else every kernel compiles a hundred anew."""
    place = lasting("bytecode") if unwanted or not os.access(ROOT / "lib" / "zhibiao", os.W_OK) else None
    if place is not None:
        return {"PYTHONPYCACHEPREFIX": str(place)}
    return {"PYTHONDONTWRITEBYTECODE": unwanted} if unwanted else {}


def _private(name: str, value: str) -> bool:
    """Return whether a variable is nothing for a notebook: a cell that prints its environment must not publish it.

    >>> _private("BUREAU_API_TOKEN", "x"), _private("HTTPS_PROXY", "http://me:word@proxy:80"), _private("LANG", "C")
    (True, True, False)
    >>> [name for name in ("SMTP_PASS", "MYSQL_PWD", "GITHUB_PAT", "AZURE_STORAGE_KEY", "OSS_SK", "PATH", "PYTHONPATH") if _private(name, "x")]
    ['SMTP_PASS', 'MYSQL_PWD', 'GITHUB_PAT', 'AZURE_STORAGE_KEY', 'OSS_SK']
    """
    return bool(_SECRET.search(name)) or name in _PERSONAL or name.startswith("SSH_") or bool(re.search(r"://[^/\s]*@|[;?&](sig|accountkey|password)=", value, re.IGNORECASE))


def lasting(name: str) -> Path | None:
    """Return a folder that stays from batch to batch, apart from the user's own settings; None where there is no such place.

    For what takes long to make anew: matplotlib's list of fonts, compiled modules, outputs that belong to a URL.
    """
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA", ""))
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        return None
    if not base.is_absolute():
        return None
    place = base / "zhibiao" / name
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return place if os.access(place, os.W_OK) else None
