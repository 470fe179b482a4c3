"""Definitions at run time: import of the packs, what is in force, what a round has pinned.

The table is the truth; packs are imported into it at start-up and never read again while serving.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from core import clock
from core.errors import Refused
from core.models import Case, DefinitionVersion, EvaluationRound, Region
from core.policy.pack import PolicyVersion, RegionPack
from core.workflow.definition import Workflow, load_workflow
from forms.compile import CompiledForm, compiled
from forms.definition import load_form
