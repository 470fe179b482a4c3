"""The application: settings, database, sessions, the frame of pages, and one blueprint a kind of person."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, g
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from core import admin, plugin_manager, storage
from core import settings as settings_module
from core.cases import demo_date
from core.models import connect, database
from core.settings import Settings
from core.web import access, compression, demo, outages, sessions, shell

# A page of the carrier's form may carry several files at once.
FILES_A_REQUEST = 5


def create_app(settings: Settings | None = None, *, testing: bool = False) -> Flask:
    """The WSGI application of one process. Raises SettingError when a setting or the database is unusable.

    The database is opened here, before the first thread, and again by each request for its own thread.
    """
    values = settings or settings_module.load()
    plugin_manager.install()
    connect(values.database_url, pooled=not testing)
    storage.use(values.storage_url)
    app = Flask("core")
    app.testing = testing
    app.config.update(_config(values), DEMO=demo_date.follow())
    database.close()
    app.before_request(_open_database)
    app.teardown_request(_close_database)
    sessions.install(app)
    shell.install(app)
    outages.install(app)
    demo.install(app)
    CSRFProtect(app)
    Babel(app, default_locale="zh_Hans_CN", default_timezone="Asia/Shanghai")
    Bootstrap5(app)
    access.install(app)
    compression.install(app)
    for pages in _blueprints():
        app.register_blueprint(pages)
    admin.install(app)
    return app


def _blueprints() -> tuple[Blueprint, ...]:
    """Every room of pages, in the order of the address bar."""
    from core.web import (
        award_use,
        budget,
        carrier,
        case,
        centre,
        city,
        district,
        downloads,
        expert,
        files,
        finance,
        handing_over,
        matters,
        meetings,
        portal,
        register,
        reports,
        sign_in,
        standing,
        supervision,
        third_party,
        yearly_report,
    )

    return (
        portal.pages,
        sign_in.pages,
        carrier.pages,
        standing.pages,
        award_use.pages,
        city.pages,
        reports.pages,
        budget.pages,
        register.pages,
        downloads.pages,
        expert.pages,
        third_party.pages,
        finance.pages,
        files.pages,
        case.pages,
        district.pages,
        centre.pages,
        matters.pages,
        handing_over.pages,
        supervision.pages,
        meetings.pages,
        yearly_report.pages,
        demo.pages,
    )


def _config(values: Settings) -> dict[str, object]:
    return {
        "SETTINGS": values,
        "SECRET_KEY": values.secret_key,
        "MAX_UPLOAD_MB": values.max_upload_mb,
        "MAX_CONTENT_LENGTH": (values.max_upload_mb * FILES_A_REQUEST + 2) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 3000,
        "SESSION_COOKIE_NAME": "kaoping",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": values.cookie_secure,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session lives, and that is bounded
        "BOOTSTRAP_SERVE_LOCAL": True,
    }


def _open_database() -> None:
    g.opened_database = database.connect(reuse_if_open=True)


def _close_database(_fault: BaseException | None) -> None:
    if g.pop("opened_database", False):
        database.close()
