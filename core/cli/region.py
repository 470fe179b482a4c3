"""`kaoping region`: turn what a bureau publishes into a region's data."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.cli.starting import clear_faults
from core.errors import Refused

if TYPE_CHECKING:
    from core.policy.imported_indicators import ImportedScheme


@click.group()
def command() -> None:
    """地区：把公布的文件变成数据。"""


@command.command("import-indicators")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--into", type=click.Path(path_type=Path), default=Path("indicators.toml"), show_default=True, help="写到哪里")
@click.option("--replace", is_flag=True, help="文件已经有了也照写")
@click.option("--key", default="evaluation", show_default=True, help="指标体系的键")
@click.option("--form", default="evaluation", show_default=True, help="填报表单的键")
@click.option("--clause", default="附件", show_default=True, help="条款依据")
@click.option("--total", type=int, default=100, show_default=True, help="全部权重应合计多少分")
@click.option("--confirm", "counts", default="", help="确认提示中的重新分组，例如 6/5/5/2")
@click.option("--group-name", default="", help="漏印的组名，例如 社会贡献")
def import_indicators(file: Path, into: Path, replace: bool, total: int, counts: str, **named: str) -> None:
    """把 .xlsx、.docx 或 .md 中的指标表变成 indicators.toml，并逐条说明对不上的地方。

    表头认得：一级指标、二级指标、三级指标、指标说明、权重、评价材料、指标类型。能唯一对上各组份额的重新分组
    只作提示，由人用 --confirm 确认后才采用。有对不上的地方，文件照写，以 1 退出。
    """
    from core.policy.imported_indicators import assemble, confirmed
    from core.policy.importing_tables import read_rows
    from core.policy.indicator_file import indicator_file

    group_name = named.pop("group_name")
    with clear_faults():
        if into.exists() and not replace:
            raise Refused(f"{into} 已经有了；换一个 --into，或加 --replace 覆盖")
        scheme = assemble(read_rows(file), file.name, Decimal(total))
        if counts:
            scheme = confirmed(scheme, counts, group_name)
        text = indicator_file(scheme, **named, confirmed=bool(counts))
        try:
            into.write_text(text, encoding="utf-8")
        except OSError as fault:
            raise Refused(f"{into} 写不了：{fault.strerror}") from fault
    _tell(scheme, into)
    sys.exit(1 if scheme.findings else 0)


def _tell(scheme: ImportedScheme, into: Path) -> None:
    for finding in scheme.findings:
        click.echo(str(finding))
    groups = "，".join(f"{group.name} {len(group.rows)} 项" for group in scheme.groups)
    click.echo(f"已写 {into}：{len(scheme.indicators)} 项指标，{groups}。")
    if scheme.proposal is not None:
        listed = "，".join(
            f"{name} {count} 项 {share} 分"
            for name, count, share in zip(
                scheme.proposal.names, scheme.proposal.counts, scheme.proposal.shares, strict=True
            )
        )
        click.echo(f"待确认：只有一种相连的分组对得上各组份额：{scheme.proposal}（{listed}）。")
        click.echo(f"对照原件确认后，加 --confirm {scheme.proposal} 再导入一次；文件里暂按印出来的分组。")
    elif scheme.findings:
        click.echo("没有唯一对得上的重新分组；请对照原件改表，再导入一次。")
