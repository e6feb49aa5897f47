"""Who is told: a file, a command, a mail; from settings that are the owner's alone; one way that fails does not silence the others."""

import datetime as dt
import email
import email.policy
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from zhibiao.errors import ParameterError
from zhibiao.scheduling import notices
from zhibiao.scheduling.changes import Change, Verdict
from zhibiao.scheduling.notices import Notice, Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends through programs of POSIX")

ENROLMENT = Verdict("重庆", "Chongqing", "基准", "baseline", "在校生规模", "enrolment", "452号 专栏1·2", "behind", "进度滞后", "behind schedule")
CHANGE = Change("500000/baseline/cq/enrolment-2025", "on_schedule", ENROLMENT)


def a_notice(**changes: object) -> Notice:
    whole = {
        "schedule": "monthly", "at": dt.datetime(2026, 12, 5, 6, 3, tzinfo=dt.timezone(dt.timedelta(hours=8))), "kind": "failure", "exit_code": 4,
        "counts": {"ok": 3, "cached": 1, "failed": 1}, "problems": ("03_gaps · 重庆 · baseline: 出错",), "changes": (CHANGE,),
    }  # fmt: skip
    return Notice(**{**whole, **changes})


def settings(home: Path, text: str, mode: int = 0o600) -> Settings | None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "notices.yaml").write_text(text, encoding="utf-8")
    (home / "notices.yaml").chmod(mode)
    return notices.read(home)


def program(place: Path, *, code: int = 0) -> Path:
    """Writes what it is given, and its arguments, beside itself."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "$0.arguments"\ncat > "$0.given"\nexit {code}\n', encoding="utf-8")
    place.chmod(0o755)
    return place


def test_a_text_says_what_failed_and_what_changed_in_both_languages():
    assert a_notice().text == (
        "指标 zhibiao · monthly · 2026-12-05 06:03：失败 failed（退出码 exit code 4）\n"
        "新出 3，沿用 1，失败 1　made 3, reused 1, failed 1\n"
        "\n失败 failures (1):\n- 03_gaps · 重庆 · baseline: 出错\n"
        "\n结论有变 changed verdicts (1):\n"
        "- 重庆 · 在校生规模 · 452号 专栏1·2（基准）：进度正常 → 进度滞后　"
        "Chongqing, enrolment, baseline: on schedule → behind schedule\n"
    )
    many = a_notice(changes=(CHANGE,) * 100)
    assert many.text.count("进度正常 → 进度滞后") == notices.SHOWN
    assert "另有 and 60 条 more" in many.text
    assert len(json.loads(many.record())["changes"]) == 100


def test_a_file_grows_by_a_line_for_programs_and_a_text_for_people(home: Path, tmp_path: Path):
    found = settings(home, f"file: {tmp_path}/told/通知.jsonl\n")
    assert found is not None
    assert notices.tell(a_notice(), found) == []
    assert notices.tell(a_notice(kind="changes", exit_code=0), found) == []
    lines = [json.loads(line) for line in (tmp_path / "told/通知.jsonl").read_text("utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["failure", "changes"]
    assert lines[0]["changes"] == [
        {"target": CHANGE.key, "region": "重庆", "scenario": "基准", "indicator": "在校生规模", "clause": "452号 专栏1·2", "before": "on_schedule", "after": "behind"}
    ]
    assert (tmp_path / "told/通知.jsonl.txt").read_text("utf-8").count("进度正常 → 进度滞后") == 2
    assert stat.S_IMODE((tmp_path / "told/通知.jsonl").stat().st_mode) == 0o600


def test_a_command_is_given_the_text_and_no_shell_reads_its_words(home: Path, tmp_path: Path):
    path = program(tmp_path / "a b" / "tell")
    found = settings(home, f'command: ["{path}", "$(touch {tmp_path}/pwned)", "规划 处; true"]\n')
    assert found is not None
    assert notices.tell(a_notice(), found) == []
    assert path.with_name("tell.given").read_text("utf-8") == a_notice().text
    assert path.with_name("tell.arguments").read_text("utf-8").splitlines() == [f"$(touch {tmp_path}/pwned)", "规划 处; true"]
    assert not (tmp_path / "pwned").exists()


def test_a_mail_goes_through_sendmail_with_its_addresses_in_the_head_only(home: Path, tmp_path: Path):
    path = program(tmp_path / "sendmail")
    found = settings(home, f"mail: {{to: [li@example.cn, root], sender: zhibiao@example.cn, sendmail: {path}}}\n")
    assert found is not None
    assert notices.tell(a_notice(problems=("a\nBcc: x@example.cn",)), found) == []
    assert path.with_name("sendmail.arguments").read_text().split() == ["-oi", "-t"]
    message = email.message_from_bytes(path.with_name("sendmail.given").read_bytes(), policy=email.policy.default)
    assert (message["To"], message["From"], message["Bcc"]) == ("li@example.cn, root", "zhibiao@example.cn", None)
    assert message["Subject"] == a_notice().title
    assert "进度正常 → 进度滞后" in message.get_content()
    assert path.with_name("sendmail.given").read_bytes().isascii()


def test_a_way_that_fails_does_not_keep_the_others_from_being_told(home: Path, tmp_path: Path):
    fails, works = program(tmp_path / "secret-command", code=3), program(tmp_path / "sendmail")
    (tmp_path / "a-file").write_text("")
    found = settings(
        home,
        f"file: {tmp_path}/a-file/below\ncommand: [{fails}, secret-word]\nmail: {{to: [secret@example.cn], sendmail: {works}}}\n",
    )
    assert found is not None
    faults = notices.tell(a_notice(), found)
    assert [fault.exit_code for fault in faults] == [7, 7]
    said = " ".join(map(str, faults))
    assert "(文件 file)" in said and "(命令 command): exit code 3" in said
    assert "secret" not in said and str(tmp_path) not in said
    assert works.with_name("sendmail.given").exists()


def test_a_command_that_is_not_there_or_hangs_is_a_fault(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = settings(home, f"command: [{tmp_path}/none]\n")
    assert found is not None
    assert "No such file" in str(notices.tell(a_notice(), found)[0])
    monkeypatch.setattr(notices, "SECONDS", 0.2)
    hanging = settings(home, "command: [sleep, '60']\n")
    assert hanging is not None
    assert "was not sent (命令 command)" in str(notices.tell(a_notice(), hanging)[0])


@pytest.mark.parametrize(
    ("tell", "kind", "changes", "told"),
    [
        ("", "failure", (), True),
        ("", "changes", (CHANGE,), True),
        ("", "success", (), False),
        ("tell: [failure]\n", "changes", (CHANGE,), False),
        ("tell: [changes]\n", "failure", (), False),
        ("tell: [changes]\n", "failure", (CHANGE,), True),
        ("tell: [success]\n", "success", (), True),
    ],
)
def test_only_what_was_asked_for_is_told(home: Path, tmp_path: Path, tell, kind, changes, told):
    found = settings(home, f"{tell}file: {tmp_path}/told\n")
    assert found is not None
    notices.tell(a_notice(kind=kind, changes=changes), found)
    assert (tmp_path / "told").exists() == told


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_settings_that_others_may_read_are_refused(home: Path, mode):
    with pytest.raises(ParameterError, match=r"chmod 600.*-rw-------"):
        settings(home, "file: /tmp/x\n", mode)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a file away")
def test_settings_of_somebody_else_are_refused(home: Path):
    settings(home, "file: /tmp/x\n")
    os.chown(home / "notices.yaml", 65534, 65534)
    with pytest.raises(ParameterError, match="chmod 600"):
        notices.read(home)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tell: [failure]\n", "nobody is to be told"),
        ("file: told.jsonl\n", "must be a full path"),
        ("mail: {to: []}\n", "to"),
        ("mail: {to: ['-oQ/tmp']}\n", "to"),
        ("mail: {to: ['a@b, c@d']}\n", "to"),
        ("mail: {to: [\"a@b\\nBcc: c@d\"]}\n", "to"),
        ("command: tell me\n", "command"),
        ("files: /tmp/x\n", "nearest: file"),
        ("tell: [failures]\nfile: /tmp/x\n", "failure"),
        ("file: [\n", r"notices.yaml:\d"),
    ],
)
def test_wrong_settings_are_refused_with_their_place(home: Path, text, said):
    with pytest.raises(ParameterError, match=said) as caught:
        settings(home, text)
    assert "notices.yaml" in str(caught.value)


def test_a_trial_shows_which_ways_work(home: Path, tmp_path: Path, zhibiao):
    said = zhibiao("schedule", "try-notices", "--folder", str(home))
    assert said.returncode == 2
    assert "没有通知设置" in said.stderr
    settings(home, f"tell: [failure]\nfile: {tmp_path}/told\ncommand: [{program(tmp_path / 'tell')}]\n")
    assert zhibiao("schedule", "try-notices", "--folder", str(home)).returncode == 0
    assert "试发 a trial" in (tmp_path / "tell.given").read_text("utf-8")
    assert json.loads((tmp_path / "told").read_text("utf-8"))["kind"] == "trial"
    program(tmp_path / "tell", code=9)
    said = zhibiao("schedule", "try-notices", "--folder", str(home))
    assert (said.returncode, "exit code 9" in said.stderr) == (7, True)


def test_without_settings_nobody_is_told(home: Path):
    assert notices.read(home) is None


def test_a_name_in_another_encoding_is_told_all_the_same(tmp_path: Path):
    notice = a_notice(problems=("坏文件 bad file \udcca\udcfd.csv",))
    assert "\\udcca\\udcfd.csv" in notice.text
    told = settings(tmp_path / "home", f"file: {tmp_path / 'told.jsonl'}\n")
    assert told is not None and notices.tell(notice, told) == []
    assert "bad file" in (tmp_path / "told.jsonl").read_text("utf-8")
