"""A notebook run without the waits: the same cells and outputs as by papermill's own client.

What papermill's own engine does beside running cells takes as long as a lean notebook: the whole notebook is written before and after
every cell, a kernel that is ready is listened to for another fifth of a second, it is asked once more who it is, an event loop is
started for every message. Here one loop serves the run, a ready kernel is known by its own word, and the notebook is written when
it ends, and while a cell takes long.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import sys
import time
from collections.abc import Callable
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError
from nbclient.util import ensure_async
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager
from papermill.iorw import write_ipynb
from traitlets import Type

SLOW = 2.0
"""Seconds after which a cell is slow: the notebook is written with what it has shown so far."""

_ANSWER, _ECHO = 1.0, 0.1
"""Seconds that a starting kernel has for its answer, and an answer has to be heard on the other channel, before it is asked again."""
_AGAIN = 5
"""Milliseconds between two tries to connect."""


class ReadyClient(AsyncKernelClient):
    """A client that knows a ready kernel by what it says, not by a silence."""

    language: dict[str, Any]
    """``language_info`` of the kernel."""

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Connect; a kernel that is not there yet is tried again soon, not in a tenth of a second."""
        self.context.setsockopt(zmq.RECONNECT_IVL, _AGAIN)
        super().start_channels(*args, **kwargs)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask the kernel who it is until it answers on both channels.

        A kernel says busy and idle around everything it does: once the idle of this question has come, all that it
        said before has come too.

        Raises
        ------
        RuntimeError
            The kernel died, or did not answer in time; in the words of jupyter_client, which others look for.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            asked = self.kernel_info()
            reply = await self._heard(self.shell_channel, functools.partial(_answers, asked), _ANSWER)
            if reply is not None and await self._heard(self.iopub_channel, functools.partial(_idle, asked), _ECHO) is not None:
                self._handle_kernel_info_reply(reply)
                self.language = reply["content"].get("language_info", {})
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _heard(self, channel: Any, wanted: Callable[[Any], bool], seconds: float) -> Any:
        """Return the first wanted message within `seconds`; those before it are of no interest. None where there is none."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not await channel.socket.poll(left * 1000):
                continue
            message = await ensure_async(channel.get_msg(timeout=0))
            if wanted(message):
                return message
        return None


def _answers(asked: str, message: Any) -> bool:
    return bool(message["parent_header"].get("msg_id") == asked)


def _idle(asked: str, message: Any) -> bool:
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle" and _answers(asked, message)


class QuickManager(AsyncKernelManager):
    """A manager whose clients are `ReadyClient`."""

    client_factory = Type(ReadyClient, klass=ReadyClient)


class SparingManager(NotebookExecutionManager):  # type: ignore[misc]  # papermill has no types
    """papermill's record of a run, written when asked and not at every cell."""

    def save(self, **_: Any) -> None:
        """papermill's calls before and after each cell write nothing."""

    def write(self) -> None:
        """Write the notebook as it stands."""
        if self.output_path:
            write_ipynb(self.nb, self.output_path)
        self.last_save_time = self.now()

    def autosave_cell(self) -> None:
        """The client watches over slow cells itself."""


class QuickClient(PapermillNotebookClient):  # type: ignore[misc]
    """Runs the cells in one event loop.

    Parameters
    ----------
    cell_started : callable, optional
        Told the notebook and the position of each code cell before it runs.
    question : str, optional
        An expression that the kernel evaluates after the last cell; its value, a text, is handed to `answered`.
    """

    def __init__(
        self,
        *args: Any,
        cell_started: Callable[[Any, int], None] | None = None,
        question: str = "",
        answered: Callable[[str], None] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.cell_started, self.question, self.answered = cell_started, question, answered

    def execute(self, **options: Any) -> Any:
        self.reset_execution_trackers()
        if sys.platform == "win32":  # its own loop cannot wait for sockets as zmq needs it
            asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(self._whole(**options))
        else:  # papermill is called from a cell
            run_sync(self._whole)(**options)
        return self.nb

    async def _whole(self, **options: Any) -> None:
        if self.km is None:
            self.create_kernel_manager()
        if not self.km.has_kernel:
            await self.async_start_new_kernel(**options)
        if self.kc is None:
            await self.async_start_new_kernel_client()
        try:
            await self._cells()
            self.nb.metadata["language_info"] = await self._language()
            self.set_widgets_metadata()
        finally:
            if self.owns_km:
                await self._async_cleanup_kernel()

    async def _cells(self) -> None:
        for index, cell in enumerate(self.nb.cells):
            self.nb_man.cell_start(cell, index)
            if cell.cell_type == "code" and self.cell_started is not None:
                self.cell_started(self.nb, index)
            slow = asyncio.ensure_future(self._written_while_slow())
            try:
                await self.async_execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                return
            finally:
                slow.cancel()
                self.nb_man.cell_complete(cell, cell_index=index)
        if self.question:
            await self._ask()

    async def _written_while_slow(self) -> None:
        """Whatever happens to a slow cell, and to this process, what it has shown is on the disk."""
        while True:
            await asyncio.sleep(SLOW)
            with contextlib.suppress(OSError):  # a full disk is told when the finished notebook is written
                self.nb_man.write()

    async def _ask(self) -> None:
        """Nothing of it is seen in the notebook."""
        asked = self.kc.execute("", silent=True, store_history=False, user_expressions={"asked": self.question})
        reply = await self.async_wait_for_reply(asked)
        found = ((reply or {}).get("content", {}).get("user_expressions") or {}).get("asked", {})
        if found.get("status") == "ok" and self.answered is not None:
            self.answered(str(ast.literal_eval(found["data"]["text/plain"])))

    async def _language(self) -> dict[str, Any]:
        known = getattr(self.kc, "language", None)
        if known is not None:
            return dict(known)
        reply = await self.async_wait_for_reply(self.kc.kernel_info())
        return dict(reply["content"]["language_info"]) if reply else {}
