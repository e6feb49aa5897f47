"""What the explorer's tests share: a screen as a new kernel has it, and nothing that goes wrong unseen."""

import logging

import pytest

from zhibiao.catalogue.load import load
from zhibiao.exploring.explorer import Explorer
from zhibiao.exploring.remembering import Keeper


@pytest.fixture
def nothing_goes_wrong_unseen(caplog):
    """Widgets log what a handler raises and go on."""
    yield
    # by phase: at this point `caplog.records` holds the teardown's alone
    told = [record for when in ("setup", "call") for record in caplog.get_records(when) if record.levelno >= logging.WARNING]
    assert not told, [record.getMessage() for record in told]


@pytest.fixture
def start(tmp_path):
    """A screen as a new kernel has it; its memory lies in the test's own folder."""

    def begin(**options):
        return Explorer(load(), keeper=Keeper(tmp_path / "state"), **options)

    return begin
