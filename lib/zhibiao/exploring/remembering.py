"""What was on the screen when a kernel went: kept for its user while the screen is used, offered again at the next start.

Each screen that is open writes a file of its own, so that several at once never mix. The files lie in the user's folder of state, not
in the overlay: they are no figures, and a run must not depend on them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import secrets
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from zhibiao.errors import OutputError
from zhibiao.exploring.state import History, Pin, Question, Screen, Session
from zhibiao.model import Override
from zhibiao.wholefile import write_whole

VERSION = 1
KEPT = 12
"""Screens that are kept; older ones are removed."""
STEPS = 50
"""Steps that can be taken back after a restart."""


@dataclass(frozen=True)
class Memory:
    """A screen of earlier: when it was last used, and what was on it."""

    path: Path
    when: dt.datetime
    session: Session


def place() -> Path | None:
    """The user's folder of state; None for a user without one."""
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA", ""))
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Application Support"
        else:
            base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    except RuntimeError:  # a user without a home
        return None
    return base / "zhibiao" / "explorer" if base.is_absolute() else None


class Keeper:
    """Keeps one screen; where the folder cannot be written, it keeps nothing and the screen goes on."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else place()
        self.path = None if self.folder is None else self.folder / f"{secrets.token_hex(8)}.json"

    def keep(self, session: Session) -> bool:
        """Write the session; whether it was written."""
        if self.path is None:
            return False
        content = {"version": VERSION, "when": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), **_session(session)}
        try:
            write_whole(self.path, json.dumps(content, ensure_ascii=False).encode("utf-8"))
        except OutputError:
            return False
        return True

    def earlier(self) -> list[Memory]:
        """Screens of earlier, the newest first, on which something was set; what cannot be read is passed over, the oldest are removed."""
        if self.folder is None or not self.folder.is_dir():
            return []
        found = [memory for path in self.folder.glob("*.json") if path != self.path and (memory := _memory(path)) is not None]
        found.sort(key=lambda memory: (memory.when, memory.path.name), reverse=True)
        for memory in found[KEPT:]:
            with contextlib.suppress(OSError):
                memory.path.unlink()
        return [memory for memory in found[:KEPT] if _set(memory.session)]


def _set(session: Session) -> bool:
    screen = session.screen
    return bool(screen.overrides or screen.off or screen.trust is not None)


def _memory(path: Path) -> Memory | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            return None
        return Memory(path, dt.datetime.fromisoformat(content["when"]), _read_session(content))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, ValidationError):
        return None


def _session(session: Session) -> dict[str, Any]:
    history, pin = session.history, session.pin
    return {
        "now": _screen(history.now),
        "past": [_screen(screen) for screen in history.past[-STEPS:]],
        "future": [_screen(screen) for screen in history.future[:STEPS]],
        "pin": None if pin is None else {"zh": pin.zh, "en": pin.en, "screen": _screen(pin.screen)},
    }


def _read_session(content: dict[str, Any]) -> Session:
    pin = content["pin"]
    history = History(_read_screen(content["now"]), tuple(map(_read_screen, content["past"])), tuple(map(_read_screen, content["future"])))
    return Session(history, None if pin is None else Pin(str(pin["zh"]), str(pin["en"]), _read_screen(pin["screen"])))


def _screen(screen: Screen) -> dict[str, Any]:
    q = screen.question
    return {
        "question": [q.region, list(q.plans), q.as_of, q.horizon, q.level, q.seed],
        "scenario": screen.scenario,
        "overrides": [_override(override) for override in screen.overrides],
        "trust": None if screen.trust is None else str(screen.trust),
        "off": sorted(screen.off),
    }


def _read_screen(content: dict[str, Any]) -> Screen:
    region, plans, *numbers = content["question"]
    as_of, horizon, level, seed = map(int, numbers)
    overrides = tuple(Override.model_validate({**part, **({"value": Decimal(part["value"])} if "value" in part else {})}) for part in content["overrides"])
    trust = None if content["trust"] is None else Decimal(content["trust"])
    return Screen(Question(str(region), tuple(map(str, plans)), as_of, horizon, level, seed), str(content["scenario"]), overrides, trust, frozenset(content["off"]))


def _override(override: Override) -> dict[str, Any]:
    written = override.model_dump(mode="python", exclude_none=True)
    return {**written, "value": str(override.value)} if override.value is not None else written
