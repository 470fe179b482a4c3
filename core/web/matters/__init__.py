"""事项: what the authorities and service centres open for carriers of their scope, and what became of it."""

from core.web.matters.pages import pages

__all__ = ["pages"]
