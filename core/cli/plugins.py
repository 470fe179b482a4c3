"""`kaoping plugins`: what each plugin brings, and what is wrong with it."""

from __future__ import annotations

import sys

import click


@click.command()
def command() -> None:
    """列出各插件提供的地区、版本和别的东西，以及问题：哪个插件、哪个文件、哪个键、允许什么。"""
    from core.plugin_manager import PluginManager

    manager = PluginManager()
    for key, pack in manager.regions.items():
        versions = "、".join(version.version for version in pack.versions)
        click.echo(f"{key}\t{pack.region.name}\t{versions}\t{pack.path}")
    for plugin, brought in manager.brought.items():
        others = {name: keys for name, keys in brought.items() if name != "地区"}
        if others and not plugin.startswith("core"):
            click.echo(f"插件 {plugin}：" + "；".join(f"{name} {'、'.join(keys)}" for name, keys in others.items()))
    for problem in manager.problems:
        click.echo(str(problem), err=True)
    sys.exit(1 if manager.problems else 0)
