"""`kaoping region`: turn what a bureau publishes into data, and take a region's definitions out and in as a folder."""

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
    """地区：把公布的文件变成数据；规定的导出和导入。"""


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

    表头认得：一级指标、二级指标、三级指标、指标说明（评分标准）、权重（分值）、评价材料（数据来源）、指标类型；
    一级指标可以自带一列权重。扣分项的分值写负数。能唯一对上各组份额的重新分组只作提示，由人用 --confirm
    确认后才采用。有对不上的地方，文件照写，以 1 退出。
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
        click.echo(f"请对照原件逐条改好表，再导入一次；或者直接改 {into}。")
    if scheme.unread:
        click.echo(f"没有用上的列：{'、'.join(scheme.unread)}。要用的，把表头改成 --help 里认得的名称。")


@command.command("export")
@click.argument("region")
@click.argument("folder", type=click.Path(path_type=Path))
def export(region: str, folder: Path) -> None:
    """把一个地区现在发布的全部规定写成插件文件夹 FOLDER（要是新的）。

    导出、导入、再导出，文件一字不差。政策管理员在网页上改过的也在里面。
    """
    from core.cases.exporting import region_files
    from core.models import Region

    with clear_faults():
        _open()
        row = Region.get_or_none(Region.key == region)
        if row is None:
            known = "、".join(one.key for one in Region.select().order_by(Region.key))
            raise Refused(f"没有地区“{region}”；有：{known or '无'}")
        if folder.exists():
            raise Refused(f"{folder} 已经有了，没有动它；换一个文件夹再试")
        files = region_files(row)
        try:
            for path, text in files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8", newline="\n")
        except OSError as fault:
            raise Refused(f"{folder} 写不了：{fault.strerror}") from fault
    click.echo(f"已写 {folder}：{len(files)} 个文件。")


@command.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--yes", is_flag=True, help="看过不同之处以后，确认导入")
def import_folder(folder: Path, yes: bool) -> None:
    """把地区文件夹 FOLDER 导入：先列出不同之处，加 --yes 才导入。

    本机没有的地区整个新增；已有的地区，不同的规定存为草稿，由政策管理员在网页上核对、发布。
    """
    from core.cases.importing_folders import bring_in, differences
    from core.people.scope import NOBODY
    from core.policy.pack import load_region

    with clear_faults():
        _require_sound(folder)
        _open()
        pack = load_region(folder)
        found = differences(pack)
        for one in found:
            click.echo(f"{STATES[one.state]} {one.file}" + (f"：{len(one.changes)} 处不同" if one.changes else ""))
        if not yes:
            click.echo("没有导入。看过以后加 --yes 再来一次。" if found else "与现在发布的内容完全相同。")
            return
        click.echo(bring_in(NOBODY, pack))


STATES = {"new": "新增", "changed": "不同", "gone": "这里有、文件夹里没有（不动）"}


def _open() -> None:
    from core import settings
    from core.cli.starting import open_database

    open_database(settings.load())


def _require_sound(folder: Path) -> None:
    """The same checks as `kaoping policy check`, the first findings told."""
    from core.pack_check import check_pack
    from core.plugin_manager import PluginManager

    manager = PluginManager()
    found = check_pack(folder, methods=manager.methods, questions=manager.questions)
    if found:
        told = "；".join(str(finding) for finding in found[:5])
        raise Refused(f"{folder} 有 {len(found)} 处毛病：{told}。先用 kaoping policy check 看全、改好再导入")
