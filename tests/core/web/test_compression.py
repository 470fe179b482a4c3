"""Static files travel compressed to browsers that take it; pages never do."""

from __future__ import annotations

import gzip

from flask.testing import FlaskClient

STYLES = "/static/kaoping.css"


def test_styles_are_compressed_and_the_same(client: FlaskClient) -> None:
    with client.get(STYLES) as plain, client.get(STYLES, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 3
        assert "Accept-Encoding" in plain.headers["Vary"]


def test_pages_are_not_compressed(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/sign-in", headers={"Accept-Encoding": "gzip"}).headers
