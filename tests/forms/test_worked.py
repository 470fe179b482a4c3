from __future__ import annotations

import pytest

from forms.worked import worked


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a / b * 100", "6 ÷ 42 × 100"),
        ("a / (b + 2)", "6 ÷ （42 + 2）"),
        ("round(a / b * 100, 2)", "6 ÷ 42 × 100"),
        ("round(a / b, 2) * 100", "（6 ÷ 42） × 100"),
        ("a * 2 + b", "6 × 2 + 42"),
        ("a - if_missing(b, 0)", "6 − 42"),
        ("a if b > 1 else 2", ""),
        ("max(a, b)", ""),
        ("unknown + 1", ""),
    ],
)
def test_worked(source: str, text: str) -> None:
    assert worked(source, {"a": "6", "b": "42"}) == text
