"""Who may use which route. Every view carries one declaration; a route without one refuses to serve.

    @pages.get("/district/")
    @open_to("district_reviewer")
    def desk() -> str: ...

Wrong role or out of scope is answered with 404, not signed in with the sign-in page. A role opens the page only;
which rows a person reaches is decided by `core.people.scope`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from core.errors import OutOfScope, SettingError
from core.models import Account
from core.people.scope import NOBODY, Viewer, viewer_of
from core.roles import ROLES
from core.web.expired import ask_again, confirm_again, is_from_our_page, sign_in_again

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Openness:
    """Whom a route serves: `roles` empty and `public` False means everybody who is signed in."""

    public: bool = False
    roles: frozenset[str] = frozenset()


def open_to(*roles: str) -> Callable[[View], View]:
    """Serve only people who hold one of these roles (anywhere). Raises SettingError for an unknown role."""
    if not roles or set(roles) - set(ROLES):
        raise SettingError(f"open_to：没有这样的角色 {sorted(set(roles) - set(ROLES))}")
    return _mark(Openness(roles=frozenset(roles)))


def open_to_signed_in(view: View) -> View:
    """Serve everybody who is signed in."""
    return _mark(Openness())(view)


def open_to_everyone(view: View) -> View:
    """Serve the public, without an account."""
    return _mark(Openness(public=True))(view)


def open_blueprint(app: Flask, name: str, *roles: str) -> None:
    """Declare all routes of a blueprint whose views are not ours to decorate (Flask-Admin, static files).

    Without roles they are open to everyone.
    """
    openness = Openness(roles=frozenset(roles)) if roles else Openness(public=True)
    app.extensions.setdefault("kaoping.open_blueprints", {})[name] = openness


def _mark(openness: Openness) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.openness = openness  # type: ignore[attr-defined]
        return view

    return mark


def openness_of(app: Flask, endpoint: str) -> Openness | None:
    """What the route behind this endpoint declares, or None when nobody declared anything."""
    declared = getattr(app.view_functions[endpoint], "openness", None)
    if isinstance(declared, Openness):
        return declared
    blueprints: dict[str, Openness] = app.extensions.get("kaoping.open_blueprints", {})
    return blueprints.get(endpoint.rpartition(".")[0])


def viewer() -> Viewer:
    """The person of this request with the live grants; NOBODY when not signed in."""
    if "viewer" not in g:
        g.viewer = viewer_of(current_user.account) if current_user.is_authenticated else NOBODY
    seen: Viewer = g.viewer
    return seen


def account() -> Account:
    """The signed-in account. Raises OutOfScope for the public."""
    if not current_user.is_authenticated:
        raise OutOfScope
    row: Account = current_user.account
    return row


def guard() -> Response | str | tuple[str, int] | None:
    """Before every request: let through whom the route is open to; answer for everybody else."""
    if request.endpoint is None:
        return None
    openness = openness_of(current_app, request.endpoint)
    if openness is None:
        raise SettingError("这个页面没有写明向谁开放，已停止提供。请告诉系统管理员页面地址。")
    if openness.public:
        return None
    if viewer().account is None:
        return _ask_to_sign_in()
    if openness.roles and not openness.roles & viewer().roles:
        raise OutOfScope
    if current_user.account.must_change_password and request.endpoint not in _WHILE_PASSWORD_IS_NEW:
        return redirect(url_for("sign_in.password", next=local_path()))
    return None


_WHILE_PASSWORD_IS_NEW = ("sign_in.password", "sign_in.change_password", "sign_in.leave", "sign_in.look")


def local_path() -> str:
    """Path and query of this request, to come back to; the desk when it cannot be repeated by a link."""
    if request.method != "GET":
        return url_for("sign_in.desk")
    return request.full_path.rstrip("?")


def _ask_to_sign_in() -> Response | tuple[str, int]:
    if request.method == "GET":
        return redirect(url_for("sign_in.form", next=local_path(), expired=int("session_ran_out" in g) or None))
    return ask_again()


def without_seal() -> tuple[str, int] | None:
    """The answer to a form of ours that came without a valid seal (its cookies are gone, say); None for any other."""
    if request.method == "GET" or request.endpoint is None or not is_from_our_page():
        return None
    if request.endpoint == "sign_in.enter":
        return sign_in_again()
    openness = openness_of(current_app, request.endpoint)
    if openness is None:
        return None
    return confirm_again() if openness.public or viewer().account is not None else ask_again()


def install(app: Flask) -> None:
    """Put the guard before every view and declare what the libraries serve (styles and scripts)."""
    app.view_functions["static"] = open_to_everyone(app.view_functions["static"])
    open_blueprint(app, "bootstrap")
    app.before_request(guard)
