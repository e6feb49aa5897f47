"""Run by `make setup` with the bare Python: is this one new enough, and does it have venv? If not, say the one line to type."""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    found = ".".join(map(str, sys.version_info[:3]))
    sys.exit(f"需要 Python 3.11–3.13，这里是 {found}。Needs Python 3.11–3.13; type: make {' '.join(sys.argv[1:]) or 'setup'} PYTHON=python3.12")
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit(f"缺少 venv。venv is missing; type: sudo apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv")
