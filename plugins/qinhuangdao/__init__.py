"""秦皇岛市众创空间绩效评价（秦科高〔2023〕3号）: everything is data in this folder."""

from __future__ import annotations

from pathlib import Path

from core.hookspecs import hookimpl


@hookimpl
def kaoping_region() -> Path:
    """The folder of this region's pack."""
    return Path(__file__).parent
