from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.definition import Column
from forms.fields import FIELD_TYPES, BadInput, field_type


def column(kind: str, **more: object) -> Column:
    return Column(key="k", label="项", type=kind, **more)


def read(kind: str, typed: object) -> object:
    return field_type(kind).read(typed, column(kind))


def test_text_is_one_trimmed_line() -> None:
    assert read("text", "  启航\n众创  空间\u200b ") == "启航 众创 空间"
    assert read("text", "a\x00b\x1bc") == "abc"
    assert read("text", " \x00 ") is None


def test_long_text_keeps_its_lines() -> None:
    assert read("long_text", "一\r\n二\r三\n") == "一\n二\n三"


@pytest.mark.parametrize(("kind", "most"), [("text", 200), ("long_text", 2000)])
def test_length(kind: str, most: int) -> None:
    assert field_type(kind).problems("字" * most, column(kind)) == []
    (said,) = field_type(kind).problems("字" * (most + 1), column(kind))
    assert f"最多 {most} 个字" in said
    assert field_type(kind).problems("字", column(kind, min="2")) == ["现在是 1 个字，至少 2 个字，请补充"]
    assert field_type(kind).problems("字字字", column(kind, max="2"))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("13800138000", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("0335-1234567", "0335-1234567"),
        ("（0335）8123456", "0335-8123456"),
        ("010-81234567-801", "010-81234567-801"),
        ("400-810-1234", "400-810-1234"),
    ],
)
def test_phone(typed: str, answer: str) -> None:
    assert read("phone", typed) == answer


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1380013800", "现在是 10 位"), ("12800138000", "号段"), ("8123456", "区号"), ("电话", "11 位手机号码")],
)
def test_phone_refused(typed: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read("phone", typed)


@pytest.mark.parametrize("typed", ["a.b+c@example.cn", " a@b.example.com ", "ａ＠example．cn"])
def test_email(typed: str) -> None:
    assert "@" in str(read("email", typed))


@pytest.mark.parametrize("typed", ["a", "a@b", "a@@b.cn", "a b@c.cn", "a@b..cn", "@b.cn", "x" * 250 + "@b.cn"])
def test_email_refused(typed: str) -> None:
    with pytest.raises(BadInput, match="邮箱"):
        read("email", typed)


@given(st.sampled_from(sorted(FIELD_TYPES)), st.one_of(st.text(max_size=40), st.none(), st.booleans(),
       st.integers(), st.floats(), st.lists(st.text(max_size=3), max_size=3), st.dictionaries(st.text(), st.none())))  # fmt: skip
def test_every_kind_reads_or_refuses_anything(kind: str, typed: object) -> None:
    """And what it has read it reads again as the same, so that stored answers stay valid."""
    if kind in {"choice", "choices"}:
        return
    try:
        answer = field_type(kind).read(typed, column(kind, unit="元"))
    except BadInput as fault:
        assert str(fault)
        return
    if answer is not None:
        assert field_type(kind).read(answer, column(kind, unit="元")) == answer
        assert field_type(kind).show(answer, column(kind, unit="元"))
