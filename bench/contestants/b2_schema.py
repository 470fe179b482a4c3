"""B2 by JSON Schema (two libraries) and pydantic. They validate; they draw no form."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qsl

import fastjsonschema
import jsonschema
import pydantic
from b2_work import SCHEMA, rates
from work import HIGH, LONGEST, LOW, NUMERIC_FIELDS, TEXT_FIELDS, answer


def coerce(body: str) -> dict[str, object]:
    """A form body has only strings: JSON Schema needs the numbers made first."""
    data: dict[str, object] = dict(parse_qsl(body, keep_blank_values=True))
    for name in NUMERIC_FIELDS:
        with suppress(KeyError, ValueError):
            data[name] = float(str(data[name]))
    return data


SLOW = jsonschema.Draft202012Validator(SCHEMA)
FAST = fastjsonschema.compile(SCHEMA)
Model = pydantic.create_model(
    "Model",
    **{name: (float, pydantic.Field(ge=LOW, le=HIGH)) for name in NUMERIC_FIELDS},
    **{name: (str, pydantic.Field(min_length=1, max_length=LONGEST)) for name in TEXT_FIELDS},
)


def with_pydantic(body: str) -> int:
    """A model of pydantic."""
    try:
        Model.model_validate(dict(parse_qsl(body, keep_blank_values=True)))
    except pydantic.ValidationError as error:
        return error.error_count()
    return 0


def with_fastjsonschema(body: str) -> int:
    """It stops at the first fault."""
    try:
        FAST(coerce(body))
    except fastjsonschema.JsonSchemaException:
        return 2
    return 0


if __name__ == "__main__":
    answer(
        rates(
            {
                "pydantic": with_pydantic,
                "jsonschema": lambda body: len(list(SLOW.iter_errors(coerce(body)))),
                "fastjsonschema（遇错即停）": with_fastjsonschema,
            },
            {},
        )
    )
