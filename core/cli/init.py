"""`kaoping init`: the tables and the regions' policies, ready to serve."""

from __future__ import annotations

import click

from core.cli.starting import clear_faults, import_regions


@click.command()
def command() -> None:
    """建表，并导入各地区的办法。可以反复运行。"""
    from core import migrations, settings
    from core.models import Region, connect

    with clear_faults():
        values = settings.load()
        connect(values.database_url)
        click.echo("已建表。" if migrations.create() else "表已经在。")
        migrations.require_current()
        for problem in import_regions():
            click.echo(f"注意：{problem}", err=True)
        names = "、".join(region.name for region in Region.select().where(Region.enabled).order_by(Region.id))
        click.echo(f"可用的地区：{names or '无'}。")
