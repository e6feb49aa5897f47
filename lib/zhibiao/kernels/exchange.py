"""What a launcher and a template say to each other over a Unix socket: JSON with its length before it, open files beside it."""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

COLD, OTHER, ANEW = "cold", "other", "anew"
"""What helps where a template refuses: a cold start, a template of another kind, the same made anew."""

_LENGTH = struct.Struct("!I")
_LONGEST = 1 << 26


@dataclass(frozen=True)
class Request:
    """One kernel that is wanted.

    Attributes
    ----------
    command : list of str
        What would have been executed cold.
    options : list of str
        Of the interpreter: what stands between it and ``-m ipykernel_launcher``.
    arguments : list of str
        What stands after that.
    cwd : str
        Absolute.
    env : dict of str to str
        The whole environment.
    preload : list of str
        What the launcher expects the template to have imported.
    surroundings : dict of str to str
        Of the launcher (`zhibiao.kernels.surroundings`): what a cold kernel would inherit from it.
    leftovers : list of str
        Files and folders to remove if the launcher goes without a word.
    """

    command: list[str]
    options: list[str]
    arguments: list[str]
    cwd: str
    env: dict[str, str]
    preload: list[str]
    surroundings: dict[str, str]
    leftovers: list[str]

    def message(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, message: dict[str, Any]) -> Self:
        return cls(**message)


class Unanswered(OSError):
    """The other side went away, or said what cannot be read."""


def send(channel: socket.socket, message: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send a message, and duplicates of open files with it."""
    # ASCII: a name in the environment need not be Unicode, and lone surrogates survive this way
    text = json.dumps(message).encode("ascii")
    head = _LENGTH.pack(len(text))
    if files:
        socket.send_fds(channel, [head], list(files))
    else:
        channel.sendall(head)
    channel.sendall(text)


def receive(channel: socket.socket, files: int = 0) -> tuple[dict[str, Any], list[int]]:
    """Wait for a message and up to `files` open files.

    Raises
    ------
    Unanswered
        There is none any more.
    """
    if files:
        head, got, _, _ = socket.recv_fds(channel, _LENGTH.size, files)
    else:
        head, got = channel.recv(_LENGTH.size), []
    try:
        head += _exactly(channel, _LENGTH.size - len(head)) if head else b""
        if not head:
            raise Unanswered("closed")
        (length,) = _LENGTH.unpack(head)
        if length > _LONGEST:
            raise Unanswered("too long")
        message = json.loads(_exactly(channel, length))
    except (ValueError, OSError) as error:
        for file in got:
            os.close(file)
        raise error if isinstance(error, OSError) else Unanswered(str(error)) from error
    return message, list(got)


def _exactly(channel: socket.socket, length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = channel.recv(min(length, 1 << 16))
        if not part:
            raise Unanswered("closed")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
