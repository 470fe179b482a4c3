"""拉萨市市级众创空间、创新创业基地及服务平台绩效考核（2019年度）: everything is data in this folder."""

from __future__ import annotations

from pathlib import Path

from core.hookspecs import hookimpl


@hookimpl
def kaoping_region() -> Path:
    """The folder of this region's pack."""
    return Path(__file__).parent
