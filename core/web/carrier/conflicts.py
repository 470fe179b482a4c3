"""Two tabs: both texts of a field that both changed, and what the person chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from core.cases import drafts
from core.cases.drafts import Conflict, Saved
from core.models import Draft
from core.web.carrier.filling import Filling
from forms.changes import answer_text
from forms.draw import anchor
from forms.situation import filled_rows

# Double underscores cannot stand in a field's key, so these names are free.
CHOICE = "choose__"
KEPT_MARK = "kept__"


@dataclass(frozen=True)
class Choice:
    """A field to decide on; `kept_mark` says which saved text the choice was made against."""

    field: str
    label: str
    anchor: str
    kept: str
    typed: str
    kept_mark: str


def choices_of(work: Filling, conflicts: list[Conflict]) -> list[Choice]:
    """The conflicts of a save, ready to draw; `work` holds the draft after it."""
    marks = drafts.marks([c.field for c in conflicts], work.draft.answers, work.draft.raw)
    return [
        Choice(
            c.field,
            work.form.field(c.field).label,
            anchor(c.field),
            _text(work, c.field, c.kept),
            _text(work, c.field, c.typed),
            marks[c.field],
        )
        for c in conflicts
    ]


def _text(work: Filling, key: str, value: Any) -> str:
    asked = work.form.field(key)
    if isinstance(value, list) and asked.kind.control == "table":
        rows = filled_rows(value)
        cells = "；".join("，".join(str(cell) for cell in row.values() if cell) for row in rows)
        return f"{len(rows)} 行：{cells[:200]}{'…' if len(cells) > 200 else ''}" if rows else "没有填"
    try:
        return answer_text(asked, value) or "没有填"
    except (ValueError, TypeError, ArithmeticError):
        return str(value)  # typed text that could not be read


def apply_choices(posted: MultiDict[str, str], seen: Mapping[str, str]) -> tuple[MultiDict[str, str], dict[str, str]]:
    """The post with the person's choices carried out: a field left to the other tab is not posted at all."""
    kept, marks = posted.copy(), dict(seen)
    for name, choice in posted.items():
        if not name.startswith(CHOICE):
            continue
        key = name.removeprefix(CHOICE)
        if choice == "kept":
            for given in [g for g in kept if g == key or g.startswith(f"{key}__")]:
                del kept[given]
        elif choice == "typed":
            marks[key] = posted.get(KEPT_MARK + key, "")
    return kept, marks


def as_typed(work: Filling, saved: Saved, section: str, posted: MultiDict[str, str]) -> Draft:
    """The draft as the page should show it after a save: fields still in conflict with what was typed here."""
    draft = work.draft
    if not saved.conflicts:
        return draft
    typed = work.form.parse(posted, section, draft.answers, draft.raw)
    shown = Draft(answers=dict(draft.answers), raw=dict(draft.raw), revision=draft.revision, saved_at=draft.saved_at)
    for conflict in saved.conflicts:
        drafts.put(conflict.field, typed.answers, typed.raw, shown.answers, shown.raw)
    return shown
