"""指标 zhibiao: where targets of technical education stand, where they will land, and which clause says so.

Nothing heavy is imported here; take what you need from the layers (``zhibiao.model``, ``zhibiao.catalogue``, …) or, in a notebook,
from ``zhibiao.notebook``.
"""

__version__ = "0.5.0"
