"""papermill's engine ``zhibiao`` (entry point of ``papermill.engine``): ``papermill --engine zhibiao IN OUT``.

papermill loads this while it is being imported itself: nothing of papermill is imported before it is needed.
"""

from __future__ import annotations

import contextlib
from typing import Any

NAME = "zhibiao"
"""As papermill's ``--engine`` takes it."""


class Engine:
    """What papermill calls; see `zhibiao.running.quick` for what it does otherwise than papermill's own."""

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> Any:
        """Run a notebook. papermill writes it when this is over; where it does not come to that, it is written here as far as it came.

        Parameters
        ----------
        nb : NotebookNode
            With the parameters in it.
        options
            Those of papermill's own engine and of nbclient's client.
        """
        from zhibiao.running.quick import QuickClient, QuickManager, SparingManager

        record = SparingManager(nb, output_path=output_path, progress_bar=progress_bar, log_output=log_output, autosave_cell_every=autosave_cell_every)
        for taken in ("input_path", "startup_timeout"):
            options.pop(taken, None)
        other = options.pop("timeout", None)
        timeout = execution_timeout or other
        chosen = {"kernel_manager_class": QuickManager, "shutdown_kernel": "immediate", **options}
        record.notebook_start()
        try:
            QuickClient(record, timeout=timeout, startup_timeout=start_timeout, kernel_name=kernel_name, log_output=log_output, **chosen).execute()
        except BaseException:
            record.notebook_complete()
            with contextlib.suppress(OSError):  # what ended the run is told, not this
                record.write()
            raise
        record.notebook_complete()
        return record.nb

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """The kernel that is asked for, else the notebook's."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """The language that is asked for, else the notebook's."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))
