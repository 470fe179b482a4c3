"""What the choices of awards.toml mean, for those who write or read them."""

from __future__ import annotations

FOR_YEAR = (("same", "评价的当年"), ("previous", "评价年度的上一年"))
"""Which year's subsidy an evaluation earns."""

COMPARE = (("payable", "扣除上限后实际能发的"), ("nominal", "按档次应发的"))
"""Which amounts of an organisation's titles are compared for the highest."""

TIE = (("most_room_left", "给离上限最远的"), ("first_listed", "给表里排在前面的"))
"""Which title gets it when the amounts are equal."""
