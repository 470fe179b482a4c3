"""A form sent after the session ran out, or without its cookies, loses nothing: look at it once more, send it on."""

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
    page = render_template(
        "sign_in/form.html",
        next=request.full_path.rstrip("?"),
        expired="session_ran_out" in g,
        typed=_typed(),
        lost_files=bool(request.files),
    )
    return page, 401


def _typed() -> Typed:
    """What was typed into the form of this request; passwords are never handed back."""
    secret = request.path.startswith("/account")
    return [] if secret else [p for p in request.form.items(multi=True) if p[0] not in _NEVER_KEPT]


def is_from_our_page() -> bool:
    """Whether the browser says that one of our pages sent this form: no other site can make it say so.

    Asked when the seal is missing: what another site sent must never be offered to be sent on.
    """
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def confirm_again() -> tuple[str, int] | None:
    """In answer to a form without a valid seal, for who needs not sign in: all that was typed, to be sent on.

    None where nothing was typed that may be shown again.
    """
    typed, target = _typed(), request.full_path.rstrip("?")
    if not typed:
        return None
    return render_template("sign_in/resume.html", target=target, typed=typed, lost=True, lost_files=bool(request.files)), 400


def sign_in_again() -> tuple[str, int]:
    """In answer to the sign-in form without a valid seal: the form anew, still carrying what it carried."""
    problem = "这一页放得太久了，请再登录一次。"
    target = local_or(request.form.get("next", ""), "")
    return render_template("sign_in/form.html", next=target, problem=problem, typed=typed_before()), 400


def typed_before() -> Typed:
    """What the sign-in form carries of the form that was interrupted."""
    return [(name.removeprefix(KEPT), text) for name, text in request.form.items(multi=True) if name.startswith(KEPT)]
