"""B2 with Django 5.2: forms.Form and Django's templates."""

from __future__ import annotations

import django_base
from b2_work import GOOD, rates
from work import HIGH, LONGEST, LOW, NUMERIC_FIELDS, TEXT_FIELDS, answer

django_base.start(":memory:")

from django import forms  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.template import engines  # noqa: E402

FIELDS = {name: forms.FloatField(min_value=LOW, max_value=HIGH) for name in NUMERIC_FIELDS} | {
    name: forms.CharField(max_length=LONGEST) for name in TEXT_FIELDS
}
DjangoForm = type("DjangoForm", (forms.Form,), FIELDS)
LOOP = engines["django"].from_string(
    "{% for field in form %}<div>{{ field.label_tag }} {{ field }}"
    "{% for error in field.errors %}<p>{{ error }}</p>{% endfor %}</div>\n{% endfor %}"
)


def validate(body: str) -> int:
    """A form of Django."""
    form = DjangoForm(QueryDict(body))
    return 0 if form.is_valid() else len(form.errors)


if __name__ == "__main__":
    pages = {
        "Django 模板循环": lambda: LOOP.render({"form": DjangoForm(initial=GOOD)}),
        "Django as_div": lambda: DjangoForm(initial=GOOD).as_div(),
    }
    answer(rates({"Django forms.Form": validate}, pages))
