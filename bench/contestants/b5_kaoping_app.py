"""B5: our own application as it is served, signed in through its sign-in page.

    python b5_kaoping_app.py <file>

form GET, form POST: the 24-field page, and saving it, each time with another figure.
queue GET: the district's desk with 50 cases of a longer queue. act POST: agreeing to a case, each time the next.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from urllib.parse import urlencode

CASES, CLERKS = 1500, 16


def application():
    """The application over the file of this run."""
    from core.app import create_app
    from core.settings import load

    file = os.environ["BENCH_FILE"]
    return create_app(load({"KAOPING_INSTANCE": str(Path(file).parent), "KAOPING_DATABASE_URL": f"sqlite:///{file}"}))


def _seal(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def _sign_in(app, username: str):
    client = app.test_client()
    seal = _seal(client.get("/sign-in").text)
    sent = {"username": username, "password": PASSWORD, "csrf_token": seal}
    assert client.post("/sign-in", data=sent).status_code == 302
    return client


def _cookie(client) -> str:
    return f"kaoping={client.get_cookie('kaoping').value}"


def _make(file: str) -> None:
    import kaoping_place

    from core.cases import demo_date
    from core.models import Account, Carrier, Case, Grant, Region, StoredSetting, Submission, connect, database
    from core.people.passwords import hash_password

    connect(f"sqlite:///{file}").execute_sql("PRAGMA synchronous=OFF")
    kaoping_place.make(CASES)
    secret, moment, day = hash_password(PASSWORD), kaoping_place.MOMENT, kaoping_place.DAY
    with database.atomic():
        StoredSetting.create(key="demo", value="1")
        demo_date.keep(Region.get_by_id(1).key, day)
        Account.update(password_hash=secret).execute()
        for k in range(1, CLERKS + 1):
            clerk = Account.create(
                username=f"clerk-{k}", display_name="经办人", password_hash=secret, created_at=moment
            )
            carrier = Carrier.get_by_id(k)
            Grant.create(account=clerk, role="carrier_clerk", region=1, carrier=carrier, granted_at=moment)
        answers = {key: str(value) for key, value in kaoping_place.form_data(1).items()}
        for case in Case.select().where(Case.id > CLERKS):
            Submission.create(case=case, number=1, answers=answers, digest="x", submitted_at=moment, submitted_on=day)
        waiting = Case.update(stage="district_review", stage_version=2, district=1)
        waiting.where(Case.id > CLERKS).execute()
    database.close()


def _asked(app) -> dict[str, dict]:
    from b2_work import GOOD, NAMES

    clerks, reviewer = [_sign_in(app, f"clerk-{k}") for k in range(1, CLERKS + 1)], _sign_in(app, "district-north")
    sections = [f"/carrier/cases/{k}/fill/all" for k in range(1, CLERKS + 1)]
    pages = [client.get(section) for client, section in zip(clerks, sections, strict=True)]
    assert all(page.text.count(f'name="{name}"') == 1 for page in pages for name in NAMES), pages[0].status
    desk, seal = reviewer.get("/district/").text, _seal(reviewer.get(f"/cases/{CASES}").text)
    assert desk.count('href="/cases/') >= 50
    # the revision says that every page was drawn after whatever was saved before, so that no save is a conflict
    saves = [
        GOOD | {"indicator_01": turn, "csrf_token": _seal(page.text), "page__revision": 10**6}
        for turn in range(1, 100)
        for page in pages
    ]
    agree, cases = {"csrf_token": seal, "stage_version": 2}, range(CLERKS + 1, CASES + 1)
    filling = {"paths": sections, "cookies": [_cookie(clerk) for clerk in clerks]}
    return {
        "form GET": {**filling, "method": "GET", "bodies": [""]},
        "form POST": {**filling, "method": "POST", "bodies": [urlencode(save) for save in saves]},
        "queue GET": {"method": "GET", "paths": ["/district/"], "cookies": [_cookie(reviewer)], "bodies": [""]},
        "act POST": {
            "method": "POST",
            "paths": [f"/cases/{k}/act/district_approve" for k in cases],
            "cookies": [_cookie(reviewer)],
            "bodies": [urlencode(agree | {"form_token": f"act-{k}"}) for k in cases],
            "once": True,
        },
    }


PASSWORD = "bench-password-2023"

if __name__ == "__main__":
    from work import answer

    os.environ["BENCH_FILE"] = sys.argv[1]
    _make(sys.argv[1])
    stored = {
        "form POST": "SELECT SUM(revision) FROM draft",
        "act POST": "SELECT COUNT(*) FROM \"case\" WHERE stage = 'city_review'",
    }
    answer({"asked": _asked(application()), "stored": stored})
