"""Handing the data over: what the registry holds, and what follows from it, in formats that other programs read."""

from zhibiao.publishing.handover.files import FORMATS, Asked, Handover, handover

__all__ = ["FORMATS", "Asked", "Handover", "handover"]
