"""The panel on the city's desk: to run it, or to look on where a third party does."""

from __future__ import annotations

from flask import url_for

from core.web.city.blueprint import ROLE, my_round, pages
from core.web.panel_desk import PanelDesk, add_pages

DESK = PanelDesk("city", ROLE, my_round, lambda case_id: url_for("city.determination", case_id=case_id))
add_pages(pages, DESK)
