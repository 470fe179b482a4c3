"""A formula as people read it."""

from __future__ import annotations

import pytest

from forms.formula_parser import FUNCTIONS, FormulaError
from forms.formula_words import FUNCTION_WORDS, in_words

LABELS = {"a": "甲", "b": "乙", "t": "名单", "t.c": "人数"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a / b * 100", "“甲” ÷ “乙” × 100"),
        ("a * (b + 1)", "“甲” × （“乙” + 1）"),
        ("a + b * 2", "“甲” + “乙” × 2"),
        ("a - (b - 1)", "“甲” − （“乙” − 1）"),
        ("a >= 10 且 b != \"city\"", "“甲” 不小于 10，并且 “乙” 不等于 “city”"),
        ("a > 1 and (b > 1 or b < 0)", "“甲” 大于 1，并且 （“乙” 大于 1，或者 “乙” 小于 0）"),
        ("not a", "不满足：“甲”"),
        ("-(a + b)", "−（“甲” + “乙”）"),
        ("a == true", "“甲” 等于 是"),
        ('row_count("t") == a', "“名单”的行数 等于 “甲”"),
        ('column_sum("t", "c")', "“名单”中“人数”的合计"),
        ("a if b > 1 else 0", "“乙” 大于 1 时取 “甲”，否则取 0"),
        ("if_missing(a, 0)", "“甲”（没有填时取 0）"),
        ('has(a, "x")', "“甲”选了“x”"),
        ("round(a / 3, 2)", "“甲” ÷ 3 四舍五入到 2 位小数"),
        ("max(a, b)", "“甲”、“乙”中最大的"),
        ('days(date("2023-05-01"), a)', "从 2023-05-01 到 “甲” 的天数"),
        ("unknown", "“unknown”"),
    ],
)
def test_it_reads_as_it_means(source: str, words: str) -> None:
    assert in_words(source, LABELS) == words


def test_every_function_has_its_line() -> None:
    assert set(FUNCTION_WORDS) == set(FUNCTIONS)
    for name in FUNCTIONS:
        assert in_words(FUNCTION_WORDS[name][0], {}), name


def test_what_is_no_formula_is_refused() -> None:
    with pytest.raises(FormulaError):
        in_words("a +", {})
