"""Invented data for a demo instance: each region's pack may bring a `demo.toml`, carried through the real verbs."""

from __future__ import annotations

from core.demo.loading import accounts, load

__all__ = ["accounts", "load"]
