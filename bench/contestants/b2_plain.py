"""B2's limit, written by hand, and WTForms as its documentation shows it."""

from __future__ import annotations

from html import escape
from urllib.parse import parse_qsl

import jinja2
from b2_work import GOOD, NAMES, rates
from werkzeug.datastructures import MultiDict
from work import HIGH, LONGEST, LOW, NUMERIC_FIELDS, TEXT_FIELDS, answer
from wtforms import FloatField, Form, StringField
from wtforms.validators import InputRequired, Length, NumberRange


def by_hand(body: str) -> int:
    """No library, no messages: how many fields are wrong."""
    data, faults = dict(parse_qsl(body, keep_blank_values=True)), 0
    for name in NUMERIC_FIELDS:
        try:
            faults += not LOW <= float(data[name]) <= HIGH
        except (KeyError, ValueError):
            faults += 1
    for name in TEXT_FIELDS:
        faults += not 0 < len(data.get(name, "")) <= LONGEST
    return faults


FIELDS = {name: FloatField(name, [InputRequired(), NumberRange(LOW, HIGH)]) for name in NUMERIC_FIELDS} | {
    name: StringField(name, [InputRequired(), Length(max=LONGEST)]) for name in TEXT_FIELDS
}
Plain = type("Plain", (Form,), FIELDS)


def with_wtforms(body: str) -> int:
    """A class of WTForms."""
    form = Plain(MultiDict(parse_qsl(body, keep_blank_values=True)))
    return 0 if form.validate() else len(form.errors)


WIDGETS = jinja2.Environment(autoescape=True).from_string(
    "{% for field in form %}<div>{{ field.label }} {{ field() }}"
    "{% for error in field.errors %}<p>{{ error }}</p>{% endfor %}</div>\n{% endfor %}"
)
FORMAT = "\n".join(
    f'<div><label for="{n}">{n}</label> <input id="{n}" name="{n}" required value="{{}}"></div>' for n in NAMES
)

if __name__ == "__main__":
    answer(
        rates(
            {"极限：手写": by_hand, "WTForms 手写的类": with_wtforms},
            {
                "极限：str.format 和转义": lambda: FORMAT.format(*[escape(str(GOOD[n])) for n in NAMES]),
                "WTForms 控件": lambda: WIDGETS.render(form=Plain(data=GOOD)),
            },
        )
    )
