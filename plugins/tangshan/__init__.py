"""唐山高新区创业中心2024年部门预算绩效: everything is data in this folder."""

from __future__ import annotations

from pathlib import Path

from core.hookspecs import hookimpl


@hookimpl
def kaoping_region() -> Path:
    """The folder of this region's pack."""
    return Path(__file__).parent
