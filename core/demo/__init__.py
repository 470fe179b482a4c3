"""Invented data for a demo instance: each region's pack may bring a `demo.toml`, carried through the real verbs."""

from __future__ import annotations

from core.demo.loading import Rehearsal, ShownAccount, accounts, accounts_by_region, load, rehearse

__all__ = ["Rehearsal", "ShownAccount", "accounts", "accounts_by_region", "load", "rehearse"]
