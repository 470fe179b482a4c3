"""Bare drivers: the limit. Variants:
limit   UPDATE (state and version checked) + INSERT audit, permission from memory
select  a cold request: SELECT case, SELECT membership, UPDATE, INSERT
"""

import json

import b1_driver
from work import now, users

PERMITTED = set(users())


class Engine:
    def __init__(self, target, variant):
        self.variant = variant or "limit"
        self.sqlite = not target.startswith("postgresql:")
        if self.sqlite:
            import sqlite3

            path, _, pragma = target.partition("?")
            self.db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self.db.execute("PRAGMA journal_mode=WAL")
            self.db.execute(f"PRAGMA {pragma}")
            self.begin = "BEGIN IMMEDIATE"
        else:
            import psycopg

            self.db = psycopg.connect(target, autocommit=True)
            self.begin = "BEGIN"
        if self.variant != "select":
            self.advance = self.advance_limit

    def sql(self, text, args=()):
        return self.db.execute(text if self.sqlite else text.replace("?", "%s"), args)

    def setup(self, n):
        key = "INTEGER PRIMARY KEY" if self.sqlite else "SERIAL PRIMARY KEY"
        self.sql(f"CREATE TABLE cases (id {key}, region TEXT, state TEXT, version INTEGER, data TEXT)")
        self.sql(
            f"CREATE TABLE audit (id {key}, case_id INTEGER REFERENCES cases, actor INTEGER, action TEXT,"
            " source TEXT, target TEXT, at TEXT)"
        )
        self.sql("CREATE INDEX audit_case ON audit (case_id)")
        self.sql("CREATE TABLE membership (actor INTEGER, role TEXT, region TEXT, PRIMARY KEY (actor, role, region))")
        for row in users():
            self.sql("INSERT INTO membership VALUES (?, ?, ?)", row)

    def permit(self, actor, role, region):
        if self.variant == "select":
            row = self.sql(
                "SELECT 1 FROM membership WHERE actor=? AND role=? AND region=?", (actor, role, region)
            ).fetchone()
            allowed = row is not None
        else:
            allowed = (actor, role, region) in PERMITTED
        if not allowed:
            raise PermissionError(role)

    def audit(self, case_id, actor, action, source, target):
        self.sql(
            "INSERT INTO audit (case_id, actor, action, source, target, at) VALUES (?, ?, ?, ?, ?, ?)",
            (case_id, actor, action, source, target, now()),
        )

    def submit(self, case, actor, region, data):
        self.permit(actor, "carrier", region)
        self.sql(self.begin)
        (case_id,) = self.sql(
            "INSERT INTO cases (region, state, version, data) VALUES (?, 'district_review', 1, ?) RETURNING id",
            (region, json.dumps(data, ensure_ascii=False)),
        ).fetchone()
        self.audit(case_id, actor, "submit", None, "district_review")
        self.sql("COMMIT")
        return case_id

    def advance(self, case_id, step, actor, region):
        _, source, _, role = step
        self.sql(self.begin)
        found = self.sql("SELECT region, state, version FROM cases WHERE id=?", (case_id,)).fetchone()
        self.permit(actor, role, found[0])
        if found[1] != source:
            raise ValueError(found)
        self.write(case_id, step, actor, found[2])

    def advance_limit(self, case_id, step, actor, region):
        self.permit(actor, step[3], region)
        self.sql(self.begin)
        self.write(case_id, step, actor, b1_driver.STEPS.index(step))

    def write(self, case_id, step, actor, version):
        action, source, target, _ = step
        done = self.sql(
            "UPDATE cases SET state=?, version=version+1 WHERE id=? AND state=? AND version=?",
            (target, case_id, source, version),
        )
        if done.rowcount != 1:
            raise ValueError("stale")
        self.audit(case_id, actor, action, source, target)
        self.sql("COMMIT")

    def count_statements(self, callback):
        self.db.set_trace_callback(callback)

    def verify(self):
        (closed,) = self.sql("SELECT COUNT(*) FROM cases WHERE state='closed'").fetchone()
        (audits,) = self.sql("SELECT COUNT(*) FROM audit").fetchone()
        return closed, audits


if __name__ == "__main__":
    b1_driver.main(Engine)
