"""What organisations had received before this system (期初已领取): the list, and entry by hand."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from core.admin.base import options, regions_of, token
from core.admin.registers import OfRegion, Register
from core.cases import opening_balances
from core.cases.action import Receipt
from core.cases.register_facts import kinds_of
from core.cases.register_words import KINDS
from core.models import OpeningBalance, Organisation, Region
from core.policy.award_claims import in_yuan
from core.web.access import viewer
from core.web.words import yuan


class BalanceForm(OfRegion):
    """One entry."""

    organisation = SelectField("单位", [InputRequired("请选择单位")], coerce=int)
    title = SelectField("称号", [InputRequired("请选择称号")])
    yuan = StringField("以前已领取（元）", [InputRequired("请填写金额")], render_kw={"inputmode": "decimal"})
    source = TextAreaField(
        "出处", [InputRequired("请写明出处")], description="例如哪一年的拨款文件、台账第几页。", render_kw={"rows": 2}
    )


class Balances(Register):
    """期初已领取."""

    title, slug = "期初已领取", "balances"
    about = "启用本系统以前各单位按称号领取的奖励，计入累计上限。"
    create_label = "登记一条"
    column_list = ("organisation", "title", "amount_fen", "source", "region.name")
    column_labels: ClassVar[dict[str, str]] = {
        "organisation": "单位", "title": "称号", "amount_fen": "已领取（元）", "source": "出处", "region.name": "地区",
    }  # fmt: skip
    column_formatters: ClassVar[dict[str, Any]] = {
        "organisation": lambda _v, _c, row, _n: row.organisation.name,
        "title": lambda _v, _c, row, _n: KINDS.get(row.title, row.title),
        "amount_fen": lambda _v, _c, row, _n: yuan(row.amount_fen),
    }
    searched = (Organisation.name,)
    form = BalanceForm
    from_sheet = "admin_balances_import"

    def get_query(self) -> Any:
        """With region and organisation, in one statement."""
        rows = OpeningBalance.select(OpeningBalance, Region, Organisation).join(Region).switch(OpeningBalance)
        return rows.join(Organisation).where(OpeningBalance.region.in_(regions_of(viewer()) or [0]))

    def fill_choices(self, form: Form, row: Any = None) -> None:
        """Organisations of the person's regions (of the row's, where it is there); money in yuan."""
        super().fill_choices(form, row)
        regions = [row.region_id] if row is not None else regions_of(viewer()) or [0]
        owners = Organisation.select().where(Organisation.region.in_(regions)).order_by(Organisation.name)
        form.organisation.choices = options((owner.id, owner.name) for owner in owners)
        titles = {k: v for region in Region.select().where(Region.id.in_(regions)) for k, v in kinds_of(region).items()}
        form.title.choices = options([("", "请选择"), *titles.items()])
        if request.method == "GET" and row is not None:
            form.organisation.data, form.yuan.data = row.organisation_id, str(in_yuan(row.amount_fen))

    def create_row(self, form: Form) -> Receipt:
        """Enter, in the region of the organisation."""
        owner = Organisation.get_or_none(Organisation.id == form.organisation.data)
        region = owner.region_id if owner else 0
        return opening_balances.save_balance(viewer(), None, region, form.data, token())

    def change_row(self, form: Form, row: Any) -> Receipt:
        """Mend."""
        return opening_balances.save_balance(viewer(), row.id, row.region_id, form.data, token())
