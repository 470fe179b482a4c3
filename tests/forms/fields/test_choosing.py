from __future__ import annotations

import pytest

from forms.definition import Choice, Column
from forms.fields import BadInput, field_type

KINDS = (Choice("law", "法律"), Choice("tax", "财税"), Choice("ip", "知识产权"))
ONE = Column(key="k", label="项", type="choice", choices=KINDS)
MANY = Column(key="k", label="项", type="choices", choices=KINDS, min="1", max="2")


@pytest.mark.parametrize(
    ("typed", "answer"), [("yes", True), ("是", True), (True, True), ("no", False), ("否", False), ("", None)]
)
def test_yes_no(typed: object, answer: object) -> None:
    assert field_type("yes_no").read(typed, ONE) is answer


def test_yes_no_refused_and_shown() -> None:
    kind = field_type("yes_no")
    with pytest.raises(BadInput, match="请选"):
        kind.read("maybe", ONE)
    assert (kind.show(True, ONE), kind.show(False, ONE)) == ("是", "否")
    assert (kind.typed(True, ONE), kind.typed(False, ONE)) == ("yes", "no")
    with pytest.raises(ValueError, match="yes"):
        kind.operand("yes")


def test_choice_by_key_or_words() -> None:
    kind = field_type("choice")
    assert kind.read("law", ONE) == kind.read("法律", ONE) == "law"
    assert kind.show("law", ONE) == "法律"
    assert kind.show("gone", ONE) == "gone"
    with pytest.raises(BadInput, match="没有这个选项"):
        kind.read("其他", ONE)


def test_choices_in_the_order_of_the_definition() -> None:
    kind = field_type("choices")
    assert kind.read(["ip", "law", "law", ""], MANY) == ["law", "ip"]
    assert kind.read("tax", MANY) == ["tax"]
    assert kind.read([], MANY) is None
    assert kind.read([""], MANY) is None
    assert kind.show(["law", "ip"], MANY) == "法律、知识产权"


@pytest.mark.parametrize("typed", [["law", "none"], 5, [1.5], {"law": 1}])
def test_choices_refused(typed: object) -> None:
    with pytest.raises(BadInput):
        field_type("choices").read(typed, MANY)


def test_choices_count() -> None:
    kind = field_type("choices")
    assert kind.problems(["law", "tax"], MANY) == []
    assert kind.problems(["law", "tax", "ip"], MANY) == ["最多选 2 项，现在选了 3 项"]
