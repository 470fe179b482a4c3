from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policy.grades import ORDER, capped, grades_of, line_for


@pytest.mark.parametrize(
    ("total", "shown", "grade"),
    [
        ("100", "100", "excellent"),
        ("85", "85", "excellent"),
        ("84.995", "85", "excellent"),
        ("84.9949", "84.99", "good"),
        ("70", "70", "good"),
        ("69.99", "69.99", "qualified"),
        ("60", "60", "qualified"),
        ("59.994", "59.99", "unqualified"),
        ("0", "0", "unqualified"),
    ],
)
def test_lines_of_qinhuangdao(qinhuangdao, total, shown, grade):
    grades = grades_of(qinhuangdao)
    rounded = grades.round_total(Fraction(total))
    assert (rounded, grades.line_for(rounded).grade) == (Decimal(shown), grade)


@given(total=st.fractions(0, 100))
def test_the_grade_always_fits_the_total_that_is_shown(total):
    from core.plugin_manager import PluginManager

    grades = grades_of(_policy(PluginManager))
    shown = grades.round_total(total)
    line = grades.line_for(shown)
    assert line.at_least <= shown
    assert line.below is None or shown < line.below


_loaded = {}


def _policy(manager):
    """Loaded once: hypothesis runs the test many times."""
    if "policy" not in _loaded:
        _loaded["policy"] = manager().region("qinhuangdao").newest
    return _loaded["policy"]


def test_no_lines_means_no_grade(national):
    assert grades_of(national.newest) is None


def test_a_total_below_every_line_has_no_line(qinhuangdao):
    assert line_for(grades_of(qinhuangdao).lines[:2], Decimal(69)) is None


@given(st.sampled_from(ORDER), st.sampled_from(ORDER))
def test_a_ceiling_presses_down_and_never_lifts(grade, at_most):
    result = capped(grade, at_most)
    assert ORDER.index(result) >= ORDER.index(grade)
    assert ORDER.index(result) >= ORDER.index(at_most)
