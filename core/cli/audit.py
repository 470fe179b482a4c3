"""`kaoping audit verify`: walk every chain of events and name the first row of each that does not hold."""

from __future__ import annotations

import sys

import click

from core.cli.starting import clear_faults


@click.group()
def command() -> None:
    """审计链。"""


@command.command()
def verify() -> None:
    """核对所有办件和管理事项的链；有不符的，列出第一处，并以 1 退出。"""
    from core import settings
    from core.cli.starting import open_database

    with clear_faults():
        open_database(settings.load())
    cases, faults = verify_all()
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    click.echo(f"{cases} 件办件的链和管理事项的链都完好。")


def verify_all() -> tuple[int, list[str]]:
    """How many cases there are, and for each chain that does not hold its first bad row, in a sentence."""
    from core.cases import admin_events, events
    from core.models import Case

    faults, count = [], 0
    for case in Case.select().order_by(Case.id).iterator():
        count += 1
        fault = events.verify(case)
        if fault is not None:
            faults.append(f"办件 {case.number}（{fault.case}）第 {fault.sequence} 条：{fault.message}。")
    broken = admin_events.first_fault()
    if broken is not None:
        faults.append(f"管理事项第 {broken} 条：与链不符。")
    return count, faults
