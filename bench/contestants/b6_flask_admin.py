"""B6: a Flask-Admin site over five models, ready for its first request."""

from __future__ import annotations

import peewee
from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.peewee import ModelView

db = peewee.SqliteDatabase(":memory:")
app = Flask("bench")
app.secret_key = "bench"
site = Admin(app)
for name in ("Carrier", "Case", "Event", "Indicator", "Workflow"):
    fields = {f"field_{k}": peewee.CharField() for k in range(10)}
    meta = type("Meta", (), {"database": db})
    site.add_view(ModelView(type(name, (peewee.Model,), {**fields, "Meta": meta})))
