"""Replay (试算) for a region's policy officer: choose a past round and drafts, look at what would have changed."""

from __future__ import annotations

import io
from typing import Any

from flask import redirect, request, send_file, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, attempt, token, whole
from core.admin.definitions import titles_of
from core.admin.parameters import my_regions, region_chosen
from core.admin.replay_figures import figures_of, workbook
from core.cases import replaying
from core.errors import OutOfScope
from core.models import DefinitionVersion, EvaluationRound, Region, ReplayRun
from core.web.access import viewer
from core.web.shell import use_region

MOST_RUNS = 20
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Replays(Page):
    """The list of replays, a new one, and one as figures."""

    roles = ("policy_officer",)
    title, group, slug = "试算", "规定", "replays"

    @expose("/")
    def index(self) -> Answer:
        """What can be replayed, and the last replays."""
        return self._draw(region_chosen())

    def _draw(self, region: Region) -> str:
        drafts = _drafts(region)
        runs = ReplayRun.select().where(ReplayRun.region == region).order_by(ReplayRun.id.desc()).limit(MOST_RUNS)
        page: str = self.render(
            "admin/replays.html", region=region, regions=my_regions(), runs=list(runs),
            rounds=replaying.rounds_to_replay(region.id), drafts=drafts, titles=titles_of([row.id for row in drafts]),
            picked=request.form.getlist("drafts") or request.args.getlist("draft"),
        )  # fmt: skip
        return page

    @expose("/start", methods=("POST",))
    def start(self) -> Answer:
        """Replay; a round of ordinary size is done with this request."""
        round_ = EvaluationRound.get_or_none(EvaluationRound.id == whole(request.form.get("round")))
        if round_ is None or not viewer().has("policy_officer", round_.region_id):
            raise OutOfScope
        chosen = [whole(one) for one in request.form.getlist("drafts")]
        receipt = attempt(lambda: replaying.start(viewer(), round_.id, chosen, token()))
        if receipt is None:
            use_region(round_.region)
            return self._draw(round_.region), 422
        return redirect(url_for(".one", run_id=receipt["run"]))

    @expose("/<int:run_id>/")
    def one(self, run_id: int) -> Answer:
        """One replay: progress while it goes, then the figures."""
        run = _run(run_id)
        rows = DefinitionVersion.select().where(DefinitionVersion.id.in_([one for one, _ in run.drafts]))
        return self.render("admin/replay.html", run=run, told=figures_of(run), drafts=list(rows))

    @expose("/<int:run_id>/stop", methods=("POST",))
    def stop(self, run_id: int) -> Answer:
        """Stop one that is still going."""
        _run(run_id)
        replaying.stop(viewer(), run_id)
        return redirect(url_for(".one", run_id=run_id))

    @expose("/<int:run_id>.xlsx")
    def sheet(self, run_id: int) -> Answer:
        """The replay as a workbook."""
        run = _run(run_id)
        data = io.BytesIO(workbook(figures_of(run)))
        name = f"{run.round.year}年度试算{run.id}.xlsx"
        return send_file(data, SHEET, as_attachment=True, download_name=name)


def _run(run_id: int) -> ReplayRun:
    run = replaying.find_run(viewer(), run_id)
    use_region(run.region)
    return run


def _drafts(region: Region) -> list[Any]:
    """The drafts that a result depends on, newest first."""
    own = (DefinitionVersion.region == region) & (DefinitionVersion.status == "draft")
    rows = DefinitionVersion.select().where(own & DefinitionVersion.kind.in_(replaying.DRAFTS_OF))
    return list(rows.order_by(DefinitionVersion.id.desc()))
