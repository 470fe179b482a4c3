"""B5's limit: a WSGI callable and sqlite3, by hand. No session, no seal on the form, no template.

python b5_bare_app.py <file>   makes the tables, says what to ask
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
from urllib.parse import parse_qsl, urlencode

import b1_bare
from b2_plain import FORMAT, by_hand
from b2_work import GOOD, NAMES
from work import answer, now

PAGE = ("<!doctype html><form method=post>" + FORMAT.format(*[""] * len(NAMES)) + "</form>").encode()
local = threading.local()


def connection() -> sqlite3.Connection:
    """One connection a thread."""
    if not hasattr(local, "db"):
        local.db = sqlite3.connect(os.environ["BENCH_FILE"], isolation_level=None, timeout=30)
        local.db.execute("PRAGMA journal_mode=WAL")
        local.db.execute("PRAGMA synchronous=FULL")
    return local.db


def app(environ, start_response):
    """GET gives the form, POST checks it and stores a case and an event."""
    if environ["REQUEST_METHOD"] == "GET":
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))])
        return [PAGE]
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
    if by_hand(body):
        start_response("400 Bad Request", [("Content-Length", "0")])
        return [b""]
    db = connection()
    db.execute("BEGIN IMMEDIATE")
    (key,) = db.execute(
        "INSERT INTO cases (region, state, version, data) VALUES ('north', 'district_review', 1, ?) RETURNING id",
        (json.dumps(dict(parse_qsl(body)), ensure_ascii=False),),
    ).fetchone()
    db.execute(
        "INSERT INTO audit (case_id, actor, action, source, target, at)"
        " VALUES (?, 1, 'submit', NULL, 'district_review', ?)",
        (key, now()),
    )
    db.execute("COMMIT")
    start_response("302 Found", [("Location", f"/cases/{key}"), ("Content-Length", "0")])
    return [b""]


if __name__ == "__main__":
    b1_bare.Engine(f"{sys.argv[1]}?synchronous=FULL", "limit").setup(0)
    form = {"paths": ["/submit"], "cookies": [""]}
    asked = {
        "form GET": {**form, "method": "GET", "bodies": [""]},
        "form POST": {**form, "method": "POST", "bodies": [urlencode(GOOD)]},
    }
    answer({"asked": asked, "stored": {"form POST": "SELECT COUNT(*) FROM cases"}})
