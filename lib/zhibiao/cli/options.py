"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", help="叠加目录 overlay folder of your own figures (default: ZHIBIAO_DATA)")]
Format = Annotated[str, typer.Option("--format", help="table, csv, json, xlsx")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="写入文件 write to this file instead of printing")]
Out = Annotated[Path, typer.Option("--out", help="输出目录 folder of outputs")]
