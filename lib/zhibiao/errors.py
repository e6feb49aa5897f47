"""What can go wrong, each kind with its own exit code, each with one clear message.

A message says what was wrong, where (file:line, sheet!cell, notebook cell), what is allowed, and the closest match. It is printed
without a traceback unless the command line was given ``--debug``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ZhibiaoError(Exception):
    """Base of every error a user can cause or meet.

    Parameters
    ----------
    what : str
        What was wrong, in one sentence.
    where : str, optional
        ``file:line``, ``sheet!cell`` or the name of the parameter.
    allowed : iterable of str, optional
        What would have been accepted.
    nearest : str, optional
        The closest accepted value.
    """

    exit_code = 1

    passing = False
    """Whether the same may well go right the second time: then, and only then, it is tried again."""

    def __init__(
        self, what: str, *, where: str | None = None, allowed: Iterable[object] | None = None, nearest: str | None = None
    ) -> None:
        self.what, self.where, self.nearest = what, where, nearest
        self.allowed = None if allowed is None else [str(item) for item in allowed]
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.allowed is not None:
            shown = ", ".join(self.allowed[:24]) + (" …" if len(self.allowed) > 24 else "")
            text += f"；允许 allowed: {shown}"
        if self.nearest is not None:
            text += f"；最接近 nearest: {self.nearest}"
        return text


class CheckFailed(ZhibiaoError):
    """A check that was asked for did not pass (verify, doctor, observe check)."""

    exit_code = 1


class ParameterError(ZhibiaoError):
    """A parameter of a command, a notebook or a batch is unknown, of the wrong type or out of range."""

    exit_code = 2


class RegistryError(ZhibiaoError):
    """The registry, an overlay or a file to import is broken."""

    exit_code = 3


class CellError(ZhibiaoError):
    """A cell of a notebook raised, or wrote to stderr."""

    exit_code = 4


class KernelDied(ZhibiaoError):
    """The kernel or the worker around it went away."""

    exit_code = 5


class TimeLimit(ZhibiaoError):
    """A cell or a run took longer than it may."""

    exit_code = 6


class OutputError(ZhibiaoError):
    """An output could not be written (disk full, no permission)."""

    exit_code = 7


class MissingDeliverable(ZhibiaoError):
    """A run ended without what its contract requires."""

    exit_code = 8


class ToolMissing(ZhibiaoError):
    """A font, pandoc or Typst is not there or does not work."""

    exit_code = 9


SEVERAL_KINDS = 10
"""Exit code of a batch in which runs failed in more than one way."""


class MemoryLimit(ZhibiaoError):
    """A notebook took more memory than it may, or than the machine has."""

    exit_code = 11


def closest(value: object, candidates: Iterable[object]) -> str | None:
    """Return the candidate most like `value`, or None where nothing is near.

    >>> closest("重庆布", ["重庆", "全国"])
    '重庆'
    """
    texts = [str(candidate) for candidate in candidates]
    folded = {text.casefold(): text for text in reversed(texts)}
    match = difflib.get_close_matches(str(value).casefold(), list(folded), n=1, cutoff=0.5)
    return folded[match[0]] if match else None
