"""What an expert typed into a score sheet, read from the posted form as it stands, right or unfinished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.policy.scheme import Scheme
from core.policy.scoring.points import method_of
from core.policy.version import PolicyVersion
from forms.fields.numbers import WIDE

LONGEST = 5000


def read_entered(policy: PolicyVersion, scheme: Scheme, form: Mapping[str, str]) -> dict[str, Any]:
    """The fields `p-<code>` (points), `r-<code>` (reason for a changed figure) and `opinion`, as `save_sheet` keeps them.

    An indicator that figures decide is changed when points or a reason were typed; blank means as computed.
    """
    points: dict[str, str] = {}
    changes: dict[str, dict[str, str]] = {}
    for indicator in scheme.indicators:
        typed, reason = _number(form, f"p-{indicator.code}"), text_of(form, f"r-{indicator.code}")
        if method_of(indicator, policy.methods).by_panel:
            if typed:
                points[indicator.code] = typed
        elif typed or reason:
            changes[indicator.code] = {"points": typed, "reason": reason}
    return {"points": points, "changes": changes, "opinion": text_of(form, "opinion")}


def _number(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").translate(WIDE).strip()[:40]


def text_of(form: Mapping[str, str], name: str) -> str:
    """What was typed under a name: line ends as one sign, cut at the longest."""
    return form.get(name, "").replace("\r\n", "\n").strip()[:LONGEST]
