"""`kaoping policy`: ask a region's policy, run its worked examples, check a pack. No Flask, no database."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click

from core.errors import KaopingError, Refused
from core.pack_check import check_pack
from core.plugin_manager import PluginManager, UnknownRegion
from core.policy.exact_json import dumps, loads
from core.policy.questions import UnknownQuestion
from core.policy.questions.asking import find_question, refused
from core.policy.worked_cases import WorkedCase, read_cases, run_case
from forms.findings import DefinitionError

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def command() -> None:
    """政策：提问、跑样例、检查定义。"""


@command.command()
@click.argument("region")
@click.argument("question")
@click.option("--on", type=_DAY, help="按哪一天的规定回答；不写则用最新版本")
def ask(region: str, question: str, on: datetime | None) -> None:
    """从标准输入读一个 JSON 对象，按地区政策回答一个问题。"""
    manager = PluginManager()
    try:
        manager.region(region)
        find_question(question, manager.questions)
    except (UnknownRegion, UnknownQuestion) as fault:
        _fail(fault)
    try:
        given = loads(_standard_input())
        answer = manager.ask(region, question, given, on.date() if on else None)
    except Refused as fault:
        answer = refused(fault)
    click.echo(dumps(answer))


def _standard_input() -> str:
    """What is on standard input; nothing counts as an empty object."""
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("输入不是 UTF-8 编码的文字。") from None
    return text if text.strip() else "{}"


def _fail(fault: KaopingError) -> NoReturn:
    click.echo(str(fault).replace("\n", " "), err=True)
    sys.exit(2)


@command.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
def test(paths: tuple[Path, ...]) -> None:
    """运行样例；不写路径时，运行全国通用样例和各插件自己的样例。"""
    manager = PluginManager()
    for problem in manager.problems:
        click.echo(str(problem), err=True)
    passed = failed = 0
    for case, told in _run(manager, _files(manager, paths)):
        if told:
            failed += 1
            click.echo(f"{case}：{told}")
        else:
            passed += 1
    click.echo(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or (manager.problems and not paths) else 0)


def _run(manager: PluginManager, files: list[Path]) -> list[tuple[str, str]]:
    """For every case its name and what differs (empty when it passed); an unreadable file is a failed case."""
    outcomes = []
    for file in files:
        try:
            cases: list[WorkedCase] = read_cases(file)
        except DefinitionError as fault:
            outcomes.append((str(file), "；".join(str(finding) for finding in fault.findings)))
            continue
        for case in cases:
            outcome = run_case(case, manager.ask)
            outcomes.append((f"{case.region} {case.id}（{case.ask}）", "；".join(outcome.differences)))
    return outcomes


def _files(manager: PluginManager, paths: tuple[Path, ...]) -> list[Path]:
    """The files themselves, and all case files in folders. Exits with 2 for a path that is not there."""
    files: list[Path] = []
    for path in paths or tuple(manager.cases.values()):
        if path.is_dir():
            files.extend(sorted(path.glob("*.toml")))
        elif path.is_file():
            files.append(path)
        elif paths:
            click.echo(f"没有这个文件或文件夹：{path}", err=True)
            sys.exit(2)
    return files


@command.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
def check(path: Path) -> None:
    """检查一个地区文件夹：权重、分数线、流程、条款、公式、表单、样例，逐条列出文件、键和毛病。"""
    manager = PluginManager(regions=False)
    findings = check_pack(path, methods=manager.methods, questions=manager.questions)
    for finding in findings:
        click.echo(str(finding))
    if any(word in finding.message for finding in findings for word in _BROUGHT):
        click.echo("插件自己带的字段类型、评分方法、环节类别，要先装上（pip install -e .）才认得。", err=True)
    click.echo(f"{len(findings)} 处毛病" if findings else "没有毛病")
    sys.exit(1 if findings else 0)


_BROUGHT = ("这种字段", "这种评分方法", "这种环节")


@command.command()
@click.argument("kind", required=False)
def schema(kind: str | None) -> None:
    """输出一类文件的 JSON Schema（2020-12），供编辑器补全和检查；不写类别时输出全部，按类别排列。"""
    from core.schemas import schema_of, schemas

    PluginManager(regions=False)  # what plugins add to forms and workflows belongs to the schemas
    try:
        found = schema_of(kind) if kind else schemas()
    except Refused as fault:
        _fail(fault)
    click.echo(dumps(found))
