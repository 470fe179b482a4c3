"""What a carrier submitted, in full, for those who judge it: the answers as its form asks them, with the evidence."""

from __future__ import annotations

from typing import Any

from flask import url_for

from core.cases import definitions
from core.cases.submitting import evidence_of
from core.models import Case, Submission
from core.web.shell import asset, clause_url
from forms.draw import draw_view


def material_view(case: Case, submission: Submission) -> Any:
    """The submission drawn for reading."""
    return draw_view(
        definitions.fill_form(case),
        submission.answers,
        _linked(case),
        icons=asset("icons.svg"),
        clause_url=lambda cite: clause_url("", cite),
    )


def _linked(case: Case) -> dict[str, list[Any]]:
    """The evidence as the form draws it: with the address of each file."""
    return {
        field: [
            {"id": f.id, "name": f.filename, "size": f.size, "url": url_for("files.download", attachment=f.id)}
            for f in files
        ]
        for field, files in evidence_of(case).items()
    }
