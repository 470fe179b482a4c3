"""B6: our application made ready for its first request, over a database of its own in memory's folder."""

from __future__ import annotations

import os

from core.app import create_app
from core.settings import load

app = create_app(load({"KAOPING_INSTANCE": os.environ["BENCH_FOLDER"]}))
