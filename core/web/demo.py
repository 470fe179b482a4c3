"""Demo instances: each page lives on the policy date of its region, and the banner moves that date forward.

The sign-in page lists the accounts of a demo by region.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Flask, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from core import clock
from core.cases import demo_date
from core.errors import OutOfScope, Refused
from core.models import Account, Region
from core.roles import OFFICERS
from core.web import expired, shell
from core.web.access import open_to_signed_in, viewer
from core.web.words import cn_date

pages = Blueprint("demo", __name__)


def install(app: Flask) -> None:
    """Have every request of a demo answer for the region of its page; elsewhere there is nothing to do."""
    app.jinja_env.globals.update(demo_accounts=shown_accounts, policy_day=clock.today)
    if app.config["DEMO"]:
        app.before_request(_enter_region)
        app.teardown_request(_leave_region)


def _enter_region() -> None:
    if request.endpoint in ("static", "bootstrap.static"):
        return
    region = shell.page_region()
    g.region_at_hand = clock.for_region(region.key if region else "")
    g.region_at_hand.__enter__()


def _leave_region(_fault: BaseException | None) -> None:
    held = g.pop("region_at_hand", None)
    if held is not None:
        held.__exit__(None, None, None)


@dataclass(frozen=True)
class AccountsOfRegion:
    """The accounts to look around with in one region; `region` is None for the officers of the whole system."""

    region: Region | None
    accounts: tuple[Any, ...]  # core.demo.ShownAccount


def shown_accounts() -> list[AccountsOfRegion]:
    """The accounts of a demo by region, the three officers last; empty outside demos."""
    if not current_app.config["DEMO"] or find_spec("core.demo") is None:
        return []
    by_region = import_module("core.demo").accounts_by_region()
    names = [account.username for shown in by_region.values() for account in shown]
    there = {row.username for row in Account.select(Account.username).where(Account.username.in_(names))}
    regions = {row.key: row for row in Region.select().where(Region.key.in_(list(by_region)))}
    found, officers = [], []
    for key, shown in by_region.items():
        usable = [account for account in shown if account.username in there]
        officers += [account for account in usable if account.role in OFFICERS]
        own = tuple(account for account in usable if account.role not in OFFICERS)
        found += [AccountsOfRegion(regions[key], own)] if own and key in regions else []
    return found + ([AccountsOfRegion(None, tuple(officers))] if officers else [])


@pages.post("/demo/date")
@open_to_signed_in
def advance() -> Response:
    """One day on, or to the day asked for, in one region. Outside demo instances there is no such page."""
    if not current_app.config["DEMO"]:
        raise OutOfScope
    region = _region_asked()
    asked = request.form.get("to", "").strip()
    try:
        to = date.fromisoformat(asked) if asked else clock.today(region.key) + timedelta(days=1)
        flash(f"{region.name}的演示日期已到 {cn_date(demo_date.advance(region.key, to))}。")
    except ValueError:
        flash("日期应写成 2023-06-01 的样子。", "warning")
    except Refused as refusal:
        flash(str(refusal), "warning")
    return redirect(expired.local_or(request.form.get("next", ""), url_for("sign_in.desk")))


def _region_asked() -> Region:
    """The region of the page that the banner stood on, if it is the person's own. Raises OutOfScope."""
    own = {reach.region for reach in viewer().reaches}
    key = request.form.get("region", "")
    found = Region.get_or_none(Region.key == key) if key else shell.page_region()
    if found is None or found.id not in own:
        raise OutOfScope
    return found
