"""The timeline's rules: every kind of event is told or kept back on purpose."""

from __future__ import annotations

import re
from pathlib import Path

from core.cases.moving import EFFECT_EVENTS
from core.web import case_history


def test_every_kind_of_event_that_is_recorded_has_its_sentence_or_is_kept_back() -> None:
    kept_back = {"file_attached", "file_removed", "no_conflict_declared"}
    recorded = set()
    for file in Path("core/cases").glob("*.py"):
        recorded |= set(re.findall(r'events\.(?:record|append)\([^,]+, \w+, f?"(\w+)"', file.read_text()))
    told = set(case_history.SHOWN)
    assert recorded | set(EFFECT_EVENTS.values()) - {"award_"} <= told | kept_back | {"award_"}
    assert not told & kept_back
    only_reviewers = {kind for kind, sides in case_history.SHOWN.items() if case_history.CARRIER not in sides}
    assert {"sheet_signed", "recused", "checked", "determined", "panel_opinion", "site_visited"} <= only_reviewers
