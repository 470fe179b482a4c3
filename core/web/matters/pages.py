"""The page 事项 of the authorities and service centres: what they may open, for whom, and what runs and is done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from core import clock
from core.cases import definitions
from core.cases.opening_many import Beginning, open_many
from core.cases.periods import period_kind
from core.cases.standing import Openable
from core.errors import Refused
from core.policy.facts import as_date
from core.policy.periods import period_of, periods_between, words_of
from core.web import case_decide
from core.web.access import open_to, viewer
from core.web.case_decide import Typed
from core.web.matters import choosing, listing, offering
from core.web.matters.listing import Wanted
from core.web.matters.offering import ROLES
from core.web.nav import register_nav
from core.web.shell import use_region
from forms.compile import CompiledForm

pages = Blueprint("matters", __name__, url_prefix="/matters")

Page = str | Response | tuple[str, int]
MOST_PERIODS = 4
"""So many periods up to the present one can be opened here."""

for _role in ROLES:
    register_nav(_role, "matters.index", "事项", offered=offering.is_offered)


@pages.get("/")
@open_to(*ROLES)
def index() -> Page:
    """What this person may open, and the cases outside rounds in scope."""
    person = viewer()
    asked = request.args.get("state", "running")
    wanted = Wanted(
        asked if asked in listing.STATES else "running",
        request.args.get("procedure", "")[:80],
        request.args.get("q", "").strip()[:60],
    )
    found = listing.listed(person, wanted, request.args.get("after", 0, type=int))
    return render_template(
        "matters/index.html",
        offers=offering.openable(person),
        listed=found,
        wanted=wanted,
        states=listing.STATES,
        procedures=listing.procedures_met(person),
        next_url=_next_url(wanted, found.after),
    )


def _next_url(wanted: Wanted, after: int) -> str:
    if not after:
        return ""
    return url_for(".index", after=after, state=wanted.state, procedure=wanted.procedure or None, q=wanted.name or None)


@pages.get("/<procedure>")
@open_to(*ROLES)
def choose(procedure: str) -> Page:
    """The carriers to choose from; a single one in scope is ticked."""
    return _draw(_offer(procedure), Typed())


@pages.post("/<procedure>/choose")
@open_to(*ROLES)
def choose_again(procedure: str) -> Page:
    """Narrow the list or tick many at once; what was ticked and typed stays. Nothing is stored."""
    offer = _offer(procedure)
    form = _own_form(offer)
    typed = case_decide.read(form, request.form, ()) if form else Typed()
    typed.errors = {}
    return _draw(offer, typed, token=request.form.get("form_token", ""))


@pages.post("/<procedure>")
@open_to(*ROLES)
def open_chosen(procedure: str) -> Page:
    """Open a case for each ticked carrier; a single one that this person fills is gone on with."""
    offer = _offer(procedure)
    form = _own_form(offer)
    typed = case_decide.read(form, request.form, ()) if form else Typed()
    token = request.form.get("form_token", "")
    try:
        if typed.errors:
            raise Refused("填写的内容还有没填好的地方。", {key: "".join(text) for key, text in typed.errors.items()})
        receipt = open_many(viewer(), procedure, request.form.getlist("pick", type=int), _beginning(typed), token)
    except Refused as refusal:
        if form is not None:
            typed.mark(refusal, [asked.key for asked in form.definition.fields])
        return _draw(offer, typed, refusal, token), refusal.http_status
    flash(receipt["message"])
    cases, submitted = receipt["cases"], request.form.get("open_submit") == "1"
    if len(cases) == 1 and _fills_itself(offer) and not submitted:
        return redirect(url_for("carrier.tasks", case=cases[0]))
    return redirect(url_for(".index", procedure=procedure, state=""))


def _offer(procedure: str) -> Openable:
    offer = offering.one(viewer(), procedure, request.values.get("region", 0, type=int) or 0)
    use_region(offer.region)
    return offer


def _beginning(typed: Typed) -> Beginning:
    since = as_date(request.form.get("open_since", "").strip())
    answers = {key: value for key, value in typed.opinion.items() if value not in (None, "", [])}
    return Beginning(since, request.form.get("open_period", "")[:8], answers, request.form.get("open_submit") == "1")


def _fills_itself(offer: Openable) -> bool:
    """Whether the one who opens it fills it, too."""
    policy = definitions.current_policy(offer.region, clock.today())
    if policy is None:
        return False
    workflow = definitions.workflow_in(policy, offer.procedure["key"])
    start = workflow.stage(workflow.start)
    return start.kind == "fill" and start.role == offer.role


def _own_form(offer: Openable) -> CompiledForm | None:
    """The form of a procedure that the opener fills, for what is the same for all: None where it takes files."""
    policy = definitions.current_policy(offer.region, clock.today())
    if policy is None or len(offer.carriers) < 2 or not _fills_itself(offer):
        return None
    workflow = definitions.workflow_in(policy, offer.procedure["key"])
    form = definitions.form_in(policy, workflow.stage(workflow.start).form)
    return None if any(asked.type == "files" for asked in form.definition.fields) else form


def _periods(offer: Openable) -> dict[str, str]:
    """The periods that can be opened today: the present one first, none from before the policy."""
    if not offer.period:
        return {}
    kind, today = period_kind(offer.procedure), clock.today()
    policy = definitions.current_policy(offer.region, today)
    start = policy.document.in_force_from if policy and policy.document else today
    names = [period_of(first, kind) for first, _ in periods_between(start, today, kind)]
    return {name: words_of(name) for name in reversed(names[-MOST_PERIODS:])}


def _draw(offer: Openable, typed: Typed, problem: Refused | None = None, token: str = "") -> str:
    form = _own_form(offer)
    values: dict[str, Any] = {
        "offer": offer,
        "choice": choosing.choose(offer, request.form, clock.today().year),
        "ticks": choosing.TICKS,
        "periods": _periods(offer),
        "period": request.form.get("open_period", offer.period),
        "since": request.form.get("open_since", ""),
        "common": case_decide.draw_opinion(form, typed) if form else Markup(""),
        "common_open": bool(typed.opinion or typed.raw or typed.errors) and form is not None,
        "errors": case_decide.errors_of(typed) if form else [],
        "problem": problem,
        "token": token,
    }
    return render_template("matters/choose.html", **values)
