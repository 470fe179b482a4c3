"""The city desk: rounds from plan to summary, for the region's city reviewers. One module a subject.

Views read input, ask scope, call one verb and redirect; what they show is read by the module beside them.
"""

from core.web.city import (
    board,
    closing,
    correcting,
    desk,
    determination,
    ending,
    notices,
    objections,
    opening,
    panel,
    participants,
    plan,
    rounds,
    submitting,
)
from core.web.city.blueprint import pages

__all__ = [
    "board", "closing", "correcting", "desk", "determination", "ending", "notices", "objections", "opening", "pages",
    "panel", "participants", "plan", "rounds", "submitting",
]  # fmt: skip
