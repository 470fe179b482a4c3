"""B5: viewflow's own start view under Django: session, permission, seal on the form, messages.

python b5_django_app.py <file>
"""

from __future__ import annotations

import os
import sys
from urllib.parse import urlencode

import django_base

django_base.start(f"{sys.argv[1] if __name__ == '__main__' else os.environ['BENCH_FILE']}?synchronous=FULL")

from django.core.wsgi import get_wsgi_application  # noqa: E402

app = get_wsgi_application()

if __name__ == "__main__":
    from b2_work import GOOD
    from django.contrib.auth.models import User
    from django.test import Client
    from work import answer

    django_base.make_schema()
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=1))
    assert client.get("/flow/submit/").content.decode().count("<input") == 25
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    body = urlencode(GOOD | {"csrfmiddlewaretoken": cookies["csrftoken"]})
    form = {"paths": ["/flow/submit/"], "cookies": [cookie]}
    asked = {
        "form GET": {**form, "method": "GET", "bodies": [""]},
        "form POST": {**form, "method": "POST", "bodies": [body]},
    }
    answer({"asked": asked, "stored": {"form POST": "SELECT COUNT(*) FROM viewflow_process"}})
