"""Trainings and forums (培训、座谈会): who came, about which common problems."""

from core.web.meetings.pages import pages

__all__ = ["pages"]
