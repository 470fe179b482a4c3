"""A signed-in person on the case page and the district desk: posts with the hidden fields of the page they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.models import Account
from core.models import database as handle
from tests.conftest import SignIn

GUARD = ("csrf_token", "form_token", "stage_version")


class Browser:
    """One person with a browser of their own."""

    def __init__(self, app: Flask, sign_in: SignIn, account: Account) -> None:
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, account)

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, **more)

    def guard(self, page: str) -> dict[str, str]:
        """The guard of the first form of the page's own content."""
        text = self.client.get(page).text
        text = text[text.index('<main class="wrap"') :]
        return {name: found[1] for name in GUARD if (found := re.search(rf'name="{name}" value="([^"]*)"', text))}

    def send(self, page: str, address: str, **typed: Any) -> TestResponse:
        """Post to `address` as from the page `page`."""
        return self.client.post(address, data={**self.guard(page), **typed})


def plain(page: TestResponse | str) -> str:
    """The words of a page without tags, spaces folded."""
    text = page if isinstance(page, str) else page.text
    text = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside the block."""
    seen: list[str] = []
    kind = type(handle.obj)
    original = kind.execute_sql

    def watch(self: Any, sql: str, *rest: Any, **more: Any) -> Any:
        seen.append(sql)
        return original(self, sql, *rest, **more)

    kind.execute_sql = watch
    try:
        yield seen
    finally:
        kind.execute_sql = original
