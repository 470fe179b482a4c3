"""What the top bar offers: each kind of person's own pages, with the number that waits there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request, url_for

from core.people.scope import Viewer
from core.roles import ROLES

Count = Callable[[Viewer], int]
Offered = Callable[[Viewer], bool]


@dataclass(frozen=True)
class NavItem:
    """A link in the top bar for people of one role. The first one of a role is its desk.

    `offered` says whether there is anything behind it for a person; without it there always is.
    """

    role: str
    endpoint: str
    label: str
    count: Count | None = None
    offered: Offered | None = None


@dataclass(frozen=True)
class NavLink:
    """A link as drawn for this request; `count` is "" or the number that waits ("99+" above 99)."""

    href: str
    label: str
    count: str
    current: bool


ORDER = (
    "carrier.desk", "district.desk", "centre.district_desk", "city.desk", "centre.city_desk", "expert.desk",
    "third_party.home", "finance.desk",
    "city.rounds_list", "city.objections_list", "city.marks", "matters.index", "supervision.index", "budget.index",
    "register.carriers",
)  # fmt: skip
"""Desks first, then what is looked up; the order must not hang on which page's module is imported first. Pages that
are not named follow in the order in which they were offered."""

_items: list[NavItem] = []


def register_nav(
    role: str, endpoint: str, label: str, count: Count | None = None, offered: Offered | None = None
) -> None:
    """Offer a page to everybody of this role. Call once at import; where its link stands is said in ORDER."""
    item = NavItem(role, endpoint, label, count, offered)
    if all((known.role, known.endpoint) != (role, endpoint) for known in _items):
        _items.append(item)


def items_of(viewer: Viewer) -> list[NavItem]:
    """The links of this person, by the order of roles, each page once."""
    by_endpoint: dict[str, NavItem] = {}
    ranked = sorted(_items, key=lambda item: ORDER.index(item.endpoint) if item.endpoint in ORDER else len(ORDER))
    for role in ROLES:
        for item in ranked:
            if role in viewer.roles and item.role == role and item.endpoint in current_app.view_functions:
                by_endpoint.setdefault(item.endpoint, item)
    return list(by_endpoint.values())


def links(viewer: Viewer) -> list[NavLink]:
    """The links of this person, ready to draw."""
    return [
        NavLink(url_for(item.endpoint), item.label, _count(item, viewer), item.endpoint == request.endpoint)
        for item in items_of(viewer)
        if item.offered is None or item.offered(viewer)
    ]


def desk_of(viewer: Viewer) -> str | None:
    """The endpoint of this person's own desk, if some role of theirs has one."""
    items = items_of(viewer)
    return items[0].endpoint if items else None


def _count(item: NavItem, viewer: Viewer) -> str:
    number = item.count(viewer) if item.count else 0
    return "" if not number else "99+" if number > 99 else str(number)
