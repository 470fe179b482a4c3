"""`kaoping migrate`: bring the tables of an older version forward."""

from __future__ import annotations

import click

from core.cli.starting import clear_faults


@click.command()
def command() -> None:
    """把旧版本的表升级到这一版。请先备份。"""
    from core import migrations, settings
    from core.models import connect

    with clear_faults():
        connect(settings.load().database_url)
        done = migrations.migrate()
        click.echo(f"已升级：{'、'.join(done)}。" if done else "表已是最新，无须升级。")
