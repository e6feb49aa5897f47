"""Is everything here that a report needs: fonts, pandoc, Typst, the kernel, the registry, the notebooks."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhibiao.errors import ToolMissing, ZhibiaoError


@dataclass(frozen=True)
class Finding:
    """One line of the examination."""

    name: str
    good: bool
    words: str


def examine(data: Path | None = None) -> Iterator[Finding]:
    """Check everything once; one finding each, whatever fails."""
    for name, look in (
        ("python", _python),
        ("packages", _packages),
        ("fonts 字体", _fonts),
        ("pandoc", _pandoc),
        ("typst", _typst),
        ("kernel 内核", _kernel),
        ("registry 登记库", lambda: _registry(data)),
        ("reference 参照类", _reference),
        ("notebooks 笔记本", _notebooks),
    ):
        yield _looked(name, look)


def _looked(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except ZhibiaoError as error:
        return Finding(name, False, str(error))
    except Exception as error:  # whatever is broken is what the examination is for
        return Finding(name, False, f"{type(error).__name__}: {error}".splitlines()[0])


def _python() -> str:
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        raise ToolMissing(f"Python {sys.version.split()[0]}", allowed=["3.11", "3.12", "3.13"])
    return sys.version.split()[0]


def _packages() -> str:
    names = ("jupyterlab", "pandas", "matplotlib", "seaborn", "papermill", "nbval", "ipykernel", "nbclient", "nbconvert")
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


def _fonts() -> str:
    from zhibiao.publishing.fonts import font_folder

    return ", ".join(sorted(path.name for path in Path(font_folder()).iterdir()))


def _pandoc() -> str:
    import pypandoc

    return f"pandoc {pypandoc.get_pandoc_version()}"


def _typst() -> str:
    import typst

    pdf = typst.compile(b'#set document(title: "t")\nok', format="pdf")
    if not pdf.startswith(b"%PDF"):
        raise ToolMissing("Typst 不能出 PDF makes no PDF")
    return f"typst {importlib.metadata.version('typst')}"


def _kernel() -> str:
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec("python3")
    return f"{spec.display_name}"


def _registry(data: Path | None) -> str:
    from zhibiao.catalogue.load import load

    registry = load(data)
    waiting = "".join(f"；草稿待审 draft waits for review: {path.name}" for path in registry.drafts)
    return (
        f"{len(registry.indicators)} 指标 indicators, {len(registry.plans)} 文件 documents, {len(registry.statements())} 表述 statements, "
        f"{len(registry.observations)} 观测 observations, {len(registry.sources)} 来源 sources" + waiting
    )


def _reference() -> str:
    from zhibiao.catalogue.load import load
    from zhibiao.projecting.reference import load as load_classes

    registry = load()
    classes = load_classes([folder / "reference" for folder in registry.folders])
    missing = {i.reference for i in registry.indicators.values() if i.reference} - set(classes)
    if missing:
        raise ToolMissing(f"缺少参照类 reference classes are missing: {', '.join(sorted(map(str, missing)))}")
    return ", ".join(sorted(classes))


def _notebooks() -> str:
    from zhibiao.catalogue.load import shipped
    from zhibiao.notebook import checked
    from zhibiao.running.run import stems

    folder = shipped().parent / "notebooks"
    found = stems(folder)
    for stem in found:
        checked(folder / f"{stem}.ipynb", {})
    if not found:
        raise ToolMissing("没有笔记本 there are no notebooks", where=folder.name)
    return ", ".join(found)
