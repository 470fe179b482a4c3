"""昆明市中小企业服务平台管理及评价办法（2020）: everything is data in this folder."""

from __future__ import annotations

from pathlib import Path

from core.hookspecs import hookimpl


@hookimpl
def kaoping_region() -> Path:
    """The folder of this region's pack."""
    return Path(__file__).parent
