"""`kaoping plugins`: which regions are installed, and what is wrong with them."""

from __future__ import annotations

import sys

import click


@click.command()
def command() -> None:
    """列出地区插件、它们的版本和问题。"""
    from core.plugin_manager import PluginManager

    manager = PluginManager()
    for key, pack in manager.regions.items():
        versions = "、".join(version.version for version in pack.versions)
        click.echo(f"{key}\t{pack.region.name}\t{versions}\t{pack.path}")
    for problem in manager.problems:
        click.echo(str(problem), err=True)
    sys.exit(1 if manager.problems else 0)
