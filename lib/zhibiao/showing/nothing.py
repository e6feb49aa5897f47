"""How an output says that there was nothing to show: documents whose length follows the evidence leave it out."""

from __future__ import annotations

from typing import Any

NOTHING = "nothing"
"""Key in the metadata of an output."""


class Quiet:
    """A display object that says nothing yet: shown in Lab, left out where the length follows the evidence."""

    def __init__(self, shown: Any) -> None:
        self.shown = shown

    def __getattr__(self, name: str) -> Any:
        return getattr(self.shown, name)

    def __repr__(self) -> str:
        return repr(self.shown)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = self.shown._repr_mimebundle_(include=include, exclude=exclude)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data, {**metadata, NOTHING: True}
