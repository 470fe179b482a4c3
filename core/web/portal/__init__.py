"""The public portal of a region: notices and objections, guides, results and clauses, without an account.

What the public may see of an evaluation is decided in `publication` and nowhere else.
"""

from core.web.portal import clauses, guides, notices, objections, overview
from core.web.portal.blueprint import pages

__all__ = ["clauses", "guides", "notices", "objections", "overview", "pages"]
