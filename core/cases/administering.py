"""The system administrator's work on accounts; every step is in the chain of administrative changes."""

from __future__ import annotations

from collections.abc import Callable

from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused
from core.models import Account
from core.people import accounts
from core.people.scope import Viewer


def create(viewer: Viewer, username: str, display_name: str, password: str, token: str) -> Receipt:
    """A new account without any role; the first password must be changed at the first sign-in.

    Raises Refused with the fields, OutOfScope for everybody but the system administrator.
    """

    def work() -> Receipt:
        _require_officer(viewer)
        if not display_name.strip():
            raise Refused("请填写姓名。", {"display_name": "请填写姓名。"})
        row = accounts.create_account(username, display_name, password, must_change_password=True)
        record(viewer, "account_created", {"account": row.id})
        return {"account": row.id, "message": f"已新增账号 {row.username}。请安全管理员授权，首次登录时要改密码。"}

    return once(token, work)


def rename(viewer: Viewer, account_id: int, display_name: str, token: str) -> Receipt:
    """Change the name that is shown. Raises Refused, OutOfScope."""

    def change(row: Account) -> str:
        if not 1 <= len(display_name.strip()) <= 64:
            raise Refused("请填写姓名，不超过 64 个字。", {"display_name": "请填写姓名，不超过 64 个字。"})
        Account.update(display_name=display_name.strip()).where(Account.id == row.id).execute()
        return "姓名已改。"

    return _on(viewer, account_id, "account_renamed", change, token)


def set_active(viewer: Viewer, account_id: int, active: bool, token: str) -> Receipt:
    """Switch an account off (its sessions end) or on again; never one's own. Raises Refused, OutOfScope."""

    def change(row: Account) -> str:
        if row.id == viewer.account:
            raise Refused("不能停用自己的账号，请由另一位系统管理员办理。")
        accounts.set_active(row, active)
        return f"账号 {row.username} 已{'启用' if active else '停用，所有登录已退出'}。"

    return _on(viewer, account_id, "account_enabled" if active else "account_disabled", change, token)


def unlock(viewer: Viewer, account_id: int, token: str) -> Receipt:
    """Forget the failed sign-ins of an account. Raises OutOfScope."""

    def change(row: Account) -> str:
        accounts.unlock(row)
        return f"账号 {row.username} 已解除锁定。"

    return _on(viewer, account_id, "account_unlocked", change, token)


def reset_password(viewer: Viewer, account_id: int, password: str, token: str) -> Receipt:
    """Set a first password for somebody else; all sessions end. Raises Refused, OutOfScope."""

    def change(row: Account) -> str:
        if row.id == viewer.account:
            raise Refused("自己的密码请在“账号和密码”里改。")
        accounts.reset_password(row, password)
        return f"账号 {row.username} 的密码已重设，下次登录时要改。"

    return _on(viewer, account_id, "account_password_reset", change, token)


def sign_out(viewer: Viewer, account_id: int, token: str) -> Receipt:
    """End every session of an account. Raises OutOfScope."""

    def change(row: Account) -> str:
        accounts.sign_out_everywhere(row)
        return f"账号 {row.username} 已退出所有地方的登录。"

    return _on(viewer, account_id, "account_signed_out", change, token)


def _on(viewer: Viewer, account_id: int, kind: str, change: Callable[[Account], str], token: str) -> Receipt:
    def work() -> Receipt:
        _require_officer(viewer)
        row = Account.get_or_none(Account.id == account_id)
        if row is None:
            raise OutOfScope
        message = change(row)
        record(viewer, kind, {"account": row.id})
        return {"account": row.id, "message": message}

    return once(token, work)


def _require_officer(viewer: Viewer) -> None:
    if "system_admin" not in viewer.roles:
        raise OutOfScope
