"""Administration under /admin: Flask-Admin with our guard, our pages and the verbs of core.cases and core.people."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme

from core.admin import registers
from core.admin.accounts import Accounts
from core.admin.audit import Audit, CaseChains
from core.admin.award_designer import AwardDesigner
from core.admin.balances import Balances
from core.admin.base import ADMINISTRATORS
from core.admin.carriers import Carriers
from core.admin.consequence_designer import ConsequenceDesigner
from core.admin.copying import CopyProcedure
from core.admin.days import Days, Years
from core.admin.definitions import Definitions, kind_name
from core.admin.editors import Editors
from core.admin.failed_jobs import FailedJobs
from core.admin.folders import Folders
from core.admin.form_designer import FormDesigner
from core.admin.grants import Grants
from core.admin.handing_over import HandOvers
from core.admin.home import Home
from core.admin.imports import CalendarImport, PeopleImport
from core.admin.parameters import Parameters
from core.admin.previews import Previews
from core.admin.regions import Regions
from core.admin.register_imports import IMPORTS
from core.admin.replays import Replays
from core.admin.scheme_designer import SchemeDesigner
from core.admin.settings_designer import SettingsDesigner
from core.admin.workflow_designer import WorkflowDesigner
from core.cases.register_words import KINDS
from core.models import Account, CalendarDay, Carrier, EvaluationRound, Grant, OpeningBalance
from core.web import access
from core.web.nav import register_nav
from core.web.shell import csp_nonce

register_nav("system_admin", "admin_accounts.index_view", "账号")
register_nav("system_admin", "admin_years.index", "日历")
register_nav("system_admin", "admin_regions.index", "地区")
register_nav("security_admin", "admin_grants.index_view", "授权")
register_nav("auditor", "admin_audit.index", "审计")
register_nav("policy_officer", "admin_definitions.index", "规定")
register_nav("policy_officer", "admin_parameters.index", "参数")
register_nav("policy_officer", "admin_carriers.index_view", "登记")


def install(app: Flask) -> None:
    """Put the administration under /admin and declare every route of it with the roles of its view."""
    app.jinja_env.filters.update(definition_kind=kind_name, title_word=lambda key: KINDS.get(key, key))
    theme = Bootstrap4Theme(base_template="admin/master.html")
    admin = Admin(app, name="管理", index_view=Home(), theme=theme, csp_nonce_generator=csp_nonce)
    admin.add_views(Accounts(Account), Years(), Days(CalendarDay), Regions(), Grants(Grant), Audit(), CaseChains())
    admin.add_views(Definitions(), Editors(), FormDesigner(), WorkflowDesigner(), Parameters(), Replays(), Folders())
    admin.add_views(*(view(model) for view, model in registers.MODELS), Balances(OpeningBalance))
    admin.add_views(SettingsDesigner(), SchemeDesigner(), AwardDesigner(), ConsequenceDesigner())
    admin.add_views(Carriers(Carrier), registers.Rounds(EvaluationRound))
    admin.add_views(PeopleImport(), CalendarImport(), *(view() for view in IMPORTS))
    admin.add_views(HandOvers(), CopyProcedure(), Previews())
    admin.add_view(FailedJobs())
    for view in admin._views:
        access.open_blueprint(app, view.endpoint, *(getattr(view, "roles", ()) or ADMINISTRATORS))
