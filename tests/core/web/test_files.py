"""Evidence is downloaded only by people with business in the case, and never runs as a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.models import Attachment
from tests import factories, world
from tests.world import PDF


@pytest.fixture
def built(app: Flask, tmp_path: Path) -> world.World:
    """Two carriers; the first has filled in and attached."""
    made = world.build(carriers=2, folder=tmp_path / "files")
    world.fill(made, made.cases[0])
    return made


def status(app: Flask, sign_in, account, attachment: Attachment) -> int:
    client = app.test_client()
    sign_in(client, account)
    with client.get(f"/files/{attachment.id}") as answer:
        return answer.status_code


def test_a_draft_is_the_carriers_own(app: Flask, built: world.World, sign_in) -> None:
    file = Attachment.get(Attachment.case == built.cases[0])
    assert status(app, sign_in, built.clerks[0], file) == 200
    for stranger in (built.clerks[1], built.district_reviewer, built.city_reviewer, built.experts[0]):
        assert status(app, sign_in, stranger, file) == 404
    assert app.test_client().get(f"/files/{file.id}").status_code == 302


def test_once_submitted_its_reviewers_read_it(app: Flask, built: world.World, sign_in) -> None:
    world.submit(built, built.cases[0])
    file = Attachment.get(Attachment.case == built.cases[0])
    assert status(app, sign_in, built.district_reviewer, file) == 200
    assert status(app, sign_in, built.city_reviewer, file) == 200
    for stranger in (built.clerks[1], built.other_district_reviewer, built.experts[0], factories.account("auditor")):
        assert status(app, sign_in, stranger, file) == 404


def test_only_pictures_and_pdf_open_in_the_page(app: Flask, client: FlaskClient, built: world.World, sign_in) -> None:
    file = Attachment.get(Attachment.case == built.cases[0])
    sign_in(client, built.clerks[0])
    with client.get(f"/files/{file.id}") as shown:
        assert shown.data.startswith(PDF[:8]) and shown.mimetype == "application/pdf"
        assert "attachment" not in shown.headers.get("Content-Disposition", "")
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert shown.headers["Cache-Control"] == "no-store"
    Attachment.update(filename="说明.html").where(Attachment.id == file.id).execute()
    with client.get(f"/files/{file.id}") as kept:
        assert kept.mimetype == "application/octet-stream"
        assert kept.headers["Content-Disposition"].startswith("attachment")
        assert kept.headers["Content-Security-Policy"].startswith("sandbox")
