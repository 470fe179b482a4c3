"""`kaoping new-region`: a small installable package for one more region, working from the first minute."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import click

from core.cli.starting import clear_faults


@click.command()
@click.argument("name")
@click.option("--year", type=int, help="办法印发的年份，也是版本名；不写则用今年")
def command(name: str, year: int | None) -> None:
    """在当前文件夹新建一个地区的插件包：一项能办的事项、样例、测试和给业务人员的说明。

    名字是地区的代号，例如 linhai。写好就能安装和测试；要改的地方都标着“填：”。
    """
    from core import clock
    from core.policy.new_region import MARK, write_region

    with clear_faults():
        taken = frozenset(point.name for point in entry_points(group="kaoping.regions"))
        written = write_region(Path(), name, year or clock.today().year, taken)
    marks = sum(MARK in line for file in written for line in (Path(name) / file).read_text("utf-8").splitlines())
    click.echo(f"已新建 {name}/：{len(written)} 个文件，{marks} 处要填的地方标着“{MARK}”。接着：")
    click.echo(f"  cd {name}")
    click.echo(f"  kaoping policy check kaoping_{name}")
    click.echo("  python -m pytest          # 没有 pytest 的先 pip install pytest")
    click.echo("  pip install -e .          # 改了随时生效；自己带字段类型、评分方法的，装上以后检查才认得")
