"""What the tests of the carrier's pages share: a signed-in clerk who fills forms as a browser without scripts does."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_INPUT = re.compile(r'<input class="form-control[^>]*? name="([^"]+)" type="(?:text|date)" value="([^"]*)"')
_PICKED = re.compile(r'type="(?:radio|checkbox)" name="([^"]+)"[^>]* value="([^"]*)"[^>]* checked')
_SELECT = re.compile(r'<select[^>]* name="([^"]+)".*?</select>', re.S)
_CHOSEN = re.compile(r'<option value="([^"]*)" selected')


def form_part(page: str, ident: str = 'id="fill"') -> str:
    """The form with this mark in it, from its opening tag to its end."""
    start = page.index(ident)
    return page[start : page.index("</form>", start)]


def posted(page: str, ident: str = 'id="fill"') -> dict[str, Any]:
    """Everything a browser would send of the form, no button pressed."""
    part = form_part(page, ident)
    data: dict[str, Any] = {}
    for pattern in (_HIDDEN, _INPUT, _PICKED):
        for name, value in pattern.findall(part):
            data[name] = html.unescape(value)
    for select in _SELECT.finditer(part):
        chosen = _CHOSEN.search(select[0])
        data[select[1]] = html.unescape(chosen[1]) if chosen else ""
    return data


def send(client: FlaskClient, address: str, page: str | None = None, **typed: Any) -> TestResponse:
    """Open the page (or take the one that is open), type over it, press a button."""
    opened = page if page is not None else client.get(address).text
    return client.post(address, data={**posted(opened), **typed}, content_type="multipart/form-data")
