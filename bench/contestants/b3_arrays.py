"""B3 by arrays of floats: numpy, polars, openfisca-core (float32)."""

from __future__ import annotations

import b3_clock
import numpy as np
from b3_table import EXPERTS, TABLE, THRESHOLDS, columns, load


def _numpy(n: int) -> b3_clock.Run:
    data = {name: np.array(values) for name, values in load(n).items()}

    def run():
        total = np.zeros(n)
        for code, weight, kind, target in TABLE:
            if kind == "target":
                total += weight * np.minimum(data[code] / target, 1)
            elif kind == "relative":
                total += data[code] * (weight / data[code].max())
            else:
                total += sum(data[f"{code}_{k}"] for k in range(EXPERTS)) * (weight / (EXPERTS * 100))
        return total, np.searchsorted(THRESHOLDS, total, side="right")

    return run


def _polars(n: int) -> b3_clock.Run:
    import polars as pl

    frame, score = pl.DataFrame(load(n)), pl.lit(0.0)
    for code, weight, kind, target in TABLE:
        if kind == "target":
            score += pl.min_horizontal(pl.col(code) / target, 1.0) * weight
        elif kind == "relative":
            score += pl.col(code) * (weight / pl.col(code).max())
        else:
            score += sum(pl.col(f"{code}_{k}") for k in range(EXPERTS)) * (weight / (EXPERTS * 100))
    grade = sum((pl.col("total") >= limit).cast(pl.Int8) for limit in THRESHOLDS)

    def run():
        done = frame.lazy().with_columns(total=score).with_columns(grade=grade).select("total", "grade").collect()
        return done["total"].to_numpy(), done["grade"].to_numpy()

    return run


def _openfisca(n: int) -> b3_clock.Run:
    """The maximum of the cohort is numpy's: openfisca's own group.max() is made for households."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import YEAR
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    data = {name: np.array(values) for name, values in load(n).items()}
    entity = build_entity("carrier", "carriers", "A carrier", is_person=True)
    system = TaxBenefitSystem([entity])

    def variable(name, kind, formula=None):
        body = {"value_type": kind, "entity": entity, "definition_period": YEAR, "label": name}
        system.add_variable(type(name, (Variable,), body | ({"formula": formula} if formula else {})))

    def points(code, weight, kind, target):
        if kind == "target":
            return lambda carrier, period: weight * np.minimum(carrier(code, period) / target, 1)
        if kind == "relative":
            return lambda carrier, period: weight * carrier(code, period) / carrier(code, period).max()
        marks = [f"{code}_{k}" for k in range(EXPERTS)]
        return lambda carrier, period: weight * sum(carrier(m, period) for m in marks) / (EXPERTS * 100)

    for name in columns():
        variable(name, float)
    for code, weight, kind, target in TABLE:
        variable(f"{code}_score", float, points(code, weight, kind, target))
    variable("total", float, lambda carrier, period: sum(carrier(f"{code}_score", period) for code, *_ in TABLE))
    ids = np.arange(n)

    def run():
        builder = SimulationBuilder()
        builder.create_entities(system)
        builder.declare_person_entity("carrier", ids)
        simulation = builder.build(system)
        for name, values in data.items():
            simulation.set_input(name, "2023", values)
        total = simulation.calculate("total", "2023")
        return total, np.searchsorted(THRESHOLDS, total, side="right")

    return run


if __name__ == "__main__":
    b3_clock.main({"numpy": _numpy, "polars": _polars, "openfisca": _openfisca})
