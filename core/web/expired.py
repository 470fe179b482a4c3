"""A form sent after the session ran out loses nothing: sign in, look at it once more, send it on."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import g, render_template, request

KEPT = "kept:"
_NEVER_KEPT = ("csrf_token",)

Typed = list[tuple[str, str]]


def local_or(target: str, otherwise: str) -> str:
    """The target if it is a path on this site, else `otherwise`; never an address elsewhere."""
    parts = urlsplit(target.replace("\\", "/"))
    local = target.startswith("/") and not parts.scheme and not parts.netloc and target.isprintable()
    return target if local else otherwise


def ask_again() -> tuple[str, int]:
    """The sign-in page in answer to a form, with what was typed carried along (files cannot be)."""
    secret = request.path.startswith("/account")
    typed: Typed = [] if secret else [p for p in request.form.items(multi=True) if p[0] not in _NEVER_KEPT]
    page = render_template(
        "sign_in/form.html",
        next=request.full_path.rstrip("?"),
        expired="session_ran_out" in g,
        typed=typed,
        lost_files=bool(request.files),
    )
    return page, 401


def typed_before() -> Typed:
    """What the sign-in form carries of the form that was interrupted."""
    return [(name.removeprefix(KEPT), text) for name, text in request.form.items(multi=True) if name.startswith(KEPT)]
