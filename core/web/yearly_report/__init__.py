"""The yearly work report (年度工作报告): its figures with their sources, and the report as a Word document."""

from core.web.yearly_report.pages import pages

__all__ = ["pages"]
