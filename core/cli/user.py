"""`kaoping user`: the first officer of an instance, and the way back in for somebody locked out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from core.cli.starting import clear_faults
from core.errors import Refused

if TYPE_CHECKING:
    from core.models import Account

OFFICER_ROLES = ("system_admin", "security_admin", "auditor")


@click.group()
def command() -> None:
    """三员账号：新增、重设密码、解除锁定。"""


@command.command()
@click.argument("username")
@click.option("--name", "display_name", default="", help="显示的姓名或岗位；不写则同用户名。")
@click.option("--role", type=click.Choice(OFFICER_ROLES), default="system_admin", show_default=True, help="三员之一。")
def add(username: str, display_name: str, role: str) -> None:
    """新增一个三员账号。密码从终端或标准输入读取，首次登录时要改。"""
    from core import clock
    from core.cases.admin_events import record
    from core.models import Grant, database
    from core.people import accounts
    from core.people.scope import NOBODY

    with clear_faults():
        _open()
        password = _password()
        with database.atomic():
            row = accounts.create_account(username, display_name or username, password, must_change_password=True)
            Grant.create(account=row, role=role, granted_at=clock.now())
            record(NOBODY, "account_created", {"account": row.id, "role": role, "by": "command line"})
    click.echo(f"已新增账号 {row.username}，首次登录时要改密码。")


@command.command()
@click.argument("username")
def password(username: str) -> None:
    """重设密码；对方下次登录时要改。"""
    from core.cases.admin_events import record
    from core.models import database
    from core.people import accounts
    from core.people.scope import NOBODY

    with clear_faults():
        _open()
        row = _account(username)
        new = _password()
        with database.atomic():
            accounts.reset_password(row, new)
            record(NOBODY, "password_reset", {"account": row.id, "by": "command line"})
    click.echo(f"已重设 {row.username} 的密码，原有登录全部退出。")


@command.command()
@click.argument("username")
def unlock(username: str) -> None:
    """解除因多次输错密码造成的锁定。"""
    from core.cases.admin_events import record
    from core.models import database
    from core.people import accounts
    from core.people.scope import NOBODY

    with clear_faults():
        _open()
        row = _account(username)
        with database.atomic():
            accounts.unlock(row)
            record(NOBODY, "account_unlocked", {"account": row.id, "by": "command line"})
    click.echo(f"已解除 {row.username} 的锁定。")


def _open() -> None:
    from core import settings
    from core.cli.starting import open_database

    open_database(settings.load())


def _account(username: str) -> Account:
    from core.people import accounts

    row = accounts.find_account(username)
    if row is None:
        raise Refused(f"没有用户“{username}”。")
    return row


def _password() -> str:
    """Never an argument: those are seen in the list of processes."""
    if sys.stdin.isatty():
        typed: str = click.prompt("密码", hide_input=True, confirmation_prompt="再输一次")
        return typed
    return sys.stdin.readline().rstrip("\n")
