"""Styles, scripts and icons leave the server compressed, once per file and process.

Pages are not compressed: they mirror what a person typed beside a secret token (the BREACH attack needs both).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

STATIC = ("static", "bootstrap.static", "admin.static")
WORTHWHILE = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")
SMALLEST = 1024


@lru_cache(maxsize=128)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=9, mtime=0)


def compress(response: Response) -> Response:
    """Compress a whole static file for a browser that takes gzip."""
    if request.endpoint not in STATIC or response.mimetype not in WORTHWHILE or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= SMALLEST:
        response.set_data(_gzipped(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def install(app: Flask) -> None:
    """Compress static files of this application."""
    app.after_request(compress)
