"""天津市市级生产力促进中心提质增效行动实施方案（2018—2020年）: everything is data in this folder."""

from __future__ import annotations

from pathlib import Path

from core.hookspecs import hookimpl


@hookimpl
def kaoping_region() -> Path:
    """The folder of this region's pack."""
    return Path(__file__).parent
