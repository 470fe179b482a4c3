"""The first page of the administration: what this person administers."""

from __future__ import annotations

from typing import ClassVar

from flask_admin import AdminIndexView, expose

from core.admin.base import ADMINISTRATORS, Answer, Guarded


class Home(Guarded, AdminIndexView):
    """A card for every page that this person's roles open."""

    roles = ADMINISTRATORS
    about: ClassVar[dict[str, str]] = {
        "admin_accounts": "新增、停用、解锁、重设密码、退出登录",
        "admin_people_import": "一张表先后用两次：新增账号，再授权",
        "admin_hand_over": "有人调岗或离开时，把待办转给同事",
        "admin_failed_jobs": "后台没有办成的提醒和通知，改好以后再试",
        "admin_years": "录入每年的放假和调休，期限才算得出来",
        "admin_days": "一个地区或全国与平常不同的日子",
        "admin_regions": "启用或停用地区，查看插件的问题，新建地区",
        "admin_grants": "授予和收回角色",
        "admin_audit": "管理事项的链、办件的链、核对和导出",
        "admin_definitions": "流程、表单、指标体系和其他规定的版本",
        "admin_copy_procedure": "连同流程和表单，存为另一地区的草稿",
        "admin_parameters": "办法留给解读、惯例或录入的数",
        "admin_replays": "发布以前，看草稿会让过去的结果怎样变",
        "admin_folders": "一个地区的全部规定，存档、搬走或改好再导入",
        "admin_organisations": "载体由谁运营，奖补发给谁",
        "admin_districts": "区县、归口管理部门和服务机构",
        "admin_balances": "本系统以前已经领取的，算累计上限用",
        "admin_carriers": "称号、资格、登记的事项和标记",
        "admin_years_import": "成表录入一年的放假和调休",
        "admin_rounds": "各批次按哪一版规定办理",
    }

    def __init__(self) -> None:
        super().__init__(name="管理首页", url="/admin")

    @expose()
    def index(self) -> Answer:
        """The cards."""
        return self.render("admin/index.html")
