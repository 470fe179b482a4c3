from __future__ import annotations

from collections.abc import Iterator

import pytest

from forms.compile import compiled
from forms.definition import load_form
from forms.fields import FIELD_TYPES, BadInput, FieldType, Spec, field_type, register_field_type
from forms.fields.texts import TextType


class PostcodeType(FieldType):
    key = "postcode"
    label = "邮政编码"

    def from_text(self, text: str, spec: Spec) -> object:
        if len(text) != 6 or not text.isdecimal():
            raise BadInput("邮政编码是 6 位数字")
        return text


@pytest.fixture
def postcode() -> Iterator[FieldType]:
    yield register_field_type(PostcodeType())
    del FIELD_TYPES["postcode"]


def test_a_new_kind_works_in_a_form(postcode: FieldType) -> None:
    field = {"key": "zip", "label": "邮编", "type": "postcode"}
    section = {"key": "s", "title": "节", "fields": [field]}
    form = compiled(load_form({"key": "z", "title": "表", "version": "1", "sections": [section]}, "z.toml"))
    assert form.from_json({"zip": "066000"}).answers == {"zip": "066000"}
    assert form.from_json({"zip": "66"}).errors == {"zip": ["邮政编码是 6 位数字"]}


def test_a_key_is_taken_once() -> None:
    class Other(TextType):
        pass

    with pytest.raises(ValueError, match="已经存在"):
        register_field_type(Other())
    with pytest.raises(ValueError, match="没有名字"):
        register_field_type(FieldType())
    assert register_field_type(TextType()) is field_type("text")


@pytest.mark.parametrize("kind", ["files", "table", "calculated"])
def test_composite_kinds_take_no_text(kind: str) -> None:
    with pytest.raises(BadInput):
        field_type(kind).from_text("x", None)  # type: ignore[arg-type]
