"""Questions about a policy: one name, one input, one answer with its reasons.

`ask` answers; each question's file only translates between plain data and the typed functions that pages use.
"""

from core.policy.questions.asking import UnknownQuestion, ask, ask_region

__all__ = ["UnknownQuestion", "ask", "ask_region"]
