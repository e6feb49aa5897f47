"""Who is told how a scheduled run ended: a file, a command, a mail. The settings are the owner's alone and go nowhere else."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from zhibiao.catalogue.yamlfile import Document, validated
from zhibiao.errors import OutputError, ParameterError, RegistryError
from zhibiao.model.record import Record, Text
from zhibiao.scheduling.changes import Change
from zhibiao.showing.words import VERDICTS

NAME = "notices.yaml"
SECONDS = 120
"""What a command or the mail program may take."""
SHOWN = 40
"""Failures and changes that a text lists; the record has all."""

Kind = Literal["failure", "changes", "success"]
_KINDS: dict[Kind | Literal["trial"], tuple[str, str]] = {
    "failure": ("失败", "failed"), "changes": ("结论有变", "verdicts have changed"), "success": ("完成", "done"), "trial": ("试发", "a trial"),
}  # fmt: skip

Address = Annotated[str, StringConstraints(pattern=r"^[^\s@,;:<>()\"\\\-][^\s@,;:<>()\"\\]*(@[^\s@,;:<>()\"\\]+)?$", max_length=254)]
"""A mail address, or the name of a user of this machine."""


class Mail(Record):
    """Mail through the machine's own sendmail."""

    to: tuple[Address, ...] = Field(min_length=1)
    sender: Address | None = None
    """Default: what sendmail puts there."""
    sendmail: Text = "/usr/sbin/sendmail"


class Settings(Record):
    """Whom to tell of what."""

    tell: tuple[Kind, ...] = ("failure", "changes")
    file: Text | None = None
    """JSON lines are appended to it, and the text to the file beside it that ends with ``.txt``."""
    command: tuple[Text, ...] = ()
    """Program and arguments, never a shell's line; it is given the text on its standard input."""
    mail: Mail | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Settings:
        if self.file is None and not self.command and self.mail is None:
            raise ValueError("没有写通知谁 nobody is to be told: file, command or mail")
        if self.file is not None and not Path(self.file).expanduser().is_absolute():
            raise ValueError("file 须为完整路径 must be a full path")
        return self


@dataclass(frozen=True)
class Notice:
    """How a run of a schedule ended.

    Attributes
    ----------
    schedule : str
        Its name.
    at : datetime
        When it ended.
    kind : {"failure", "changes", "success", "trial"}
        The gravest of them; a trial is told whatever is wanted.
    exit_code : int
        Of the batch.
    counts : mapping
        Runs by how they ended.
    problems : tuple of str
        Messages of what failed.
    changes : tuple of Change
        Verdicts that are others now.
    """

    schedule: str
    at: dt.datetime
    kind: Kind | Literal["trial"]
    exit_code: int
    counts: dict[str, int]
    problems: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def title(self) -> str:
        """One line."""
        zh, en = _KINDS[self.kind]
        code = f"（退出码 exit code {self.exit_code}）" if self.exit_code else ""
        return f"指标 zhibiao · {self.schedule} · {self.at:%Y-%m-%d %H:%M}：{zh} {en}{code}"

    @property
    def text(self) -> str:
        """What a person reads."""
        lines = [self.title]
        if self.counts:
            done, cached, failed = (self.counts.get(name, 0) for name in ("ok", "cached", "failed"))
            lines.append(f"新出 {done}，沿用 {cached}，失败 {failed}　made {done}, reused {cached}, failed {failed}")
        for head, items in (
            ("失败 failures", self.problems),
            ("结论有变 changed verdicts", [change.line(VERDICTS) for change in self.changes]),
        ):
            if items:
                lines += ["", f"{head} ({len(items)}):", *(f"- {item}" for item in items[:SHOWN])]
                lines += [f"… 另有 and {len(items) - SHOWN} 条 more"] if len(items) > SHOWN else []
        return _writable("\n".join(lines) + "\n")

    def record(self) -> str:
        """What programs read: one line."""
        told = {
            "schedule": self.schedule, "at": self.at.isoformat(timespec="seconds"), "kind": self.kind, "exit_code": self.exit_code,
            "counts": self.counts, "problems": list(self.problems), "changes": [change.record() for change in self.changes],
        }  # fmt: skip
        return _writable(json.dumps(told, ensure_ascii=False) + "\n")


def _writable(text: str) -> str:
    """The text with what is no character of any script (a file's name in another encoding) written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def read(home: Path) -> Settings | None:
    """Return the settings; None where there are none.

    Raises
    ------
    ParameterError
        Others may read the file, it belongs to somebody else, or something in it is wrong.
    """
    path = home / NAME
    if not path.exists():
        return None
    if os.name != "nt":
        known = path.stat()
        if known.st_uid != os.geteuid() or known.st_mode & 0o077:
            raise ParameterError(
                "通知设置只许本人读写 only you may be able to read the settings of notices: chmod 600", where=str(path), allowed=["-rw-------"]
            )
    try:
        return validated(Settings, Document(path), ())
    except RegistryError as error:
        raise ParameterError(error.what, where=error.where, allowed=error.allowed, nearest=error.nearest) from None


def trial(now: dt.datetime) -> Notice:
    """Return a notice that only shows that it arrives."""
    return Notice("try-notices", now, "trial", 0, {})


def tell(notice: Notice, settings: Settings) -> list[OutputError]:
    """Tell everybody, and return what could not be told; one that fails does not keep the others from being told.

    The errors say which of the ways failed, never an address or a command.
    """
    wanted = {*settings.tell, "trial"}
    if notice.kind not in wanted and not (notice.changes and "changes" in wanted):
        return []
    ways: Sequence[tuple[str, Callable[[Notice, Settings], None]]] = [
        *([("文件 file", _append)] if settings.file is not None else []),
        *([("命令 command", _command)] if settings.command else []),
        *([("邮件 mail", _mail)] if settings.mail is not None else []),
    ]
    faults = []
    for name, way in ways:
        try:
            way(notice, settings)
        except subprocess.TimeoutExpired:
            faults.append(OutputError(f"通知未送出 the notice was not sent ({name}): {SECONDS} s"))
        except OSError as error:
            faults.append(OutputError(f"通知未送出 the notice was not sent ({name}): {error.strerror or error}"))
        except ValueError as error:
            faults.append(OutputError(f"通知未送出 the notice was not sent ({name}): {error}"))
    return faults


def _append(notice: Notice, settings: Settings) -> None:
    path = Path(settings.file or "").expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    for place, text in ((path, notice.record()), (path.with_name(path.name + ".txt"), notice.text + "\n")):
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as stream:
            stream.write(text.encode("utf-8"))


def _command(notice: Notice, settings: Settings) -> None:
    _run(list(settings.command), notice.text.encode("utf-8"))


def _mail(notice: Notice, settings: Settings) -> None:
    from email.message import EmailMessage
    from email.policy import SMTP

    mail = settings.mail
    assert mail is not None
    message = EmailMessage(policy=SMTP.clone(linesep="\n"))
    message["To"] = ", ".join(mail.to)
    if mail.sender is not None:
        message["From"] = mail.sender
    message["Subject"] = notice.title
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.text)
    # the recipients stand in the head, not among the arguments, where every user of the machine could read them
    _run([mail.sendmail, "-oi", "-t"], message.as_bytes())


def _run(words: list[str], given: bytes) -> None:
    done = subprocess.run(words, input=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, timeout=SECONDS)
    if done.returncode != 0:
        raise OSError(0, f"exit code {done.returncode}")
