from decimal import Decimal

import pytest

from core.policy import source
from core.policy.source import canonical, digest, parse
from forms.findings import DefinitionError


@pytest.mark.parametrize("text", ["a = 1\r\nb = 2\r\n", "\ufeffa = 1\nb = 2", "\na = 1\nb = 2\n\n\n", "a = 1\rb = 2"])
def test_line_ends_and_marks_do_not_change_the_digest(text):
    assert digest(text) == digest("a = 1\nb = 2\n")
    assert canonical(canonical(text)) == canonical(text)


def test_a_changed_figure_changes_the_digest():
    assert digest("a = 1") != digest("a = 2")


def test_decimals_are_exact():
    assert str(parse("a = 0.1", "f.toml")["a"]) == "0.1"


def test_a_repeated_key_is_refused_with_the_file():
    with pytest.raises(DefinitionError) as fault:
        parse("a = 1\na = 2", "grades.toml")
    assert fault.value.findings[0].file == "grades.toml"


def test_a_text_is_read_once_and_everybody_gets_data_of_their_own():
    text = "a = [1]\n[b]\nc = 0.5\n# once"
    before = source._read.cache_info().misses
    first = parse(text, "one.toml")
    first["a"].append(2)
    first["b"]["c"] = None
    assert parse(text, "two.toml") == {"a": [1], "b": {"c": Decimal("0.5")}}
    assert source._read.cache_info().misses == before + 1


def test_what_is_kept_is_bounded():
    long = f'a = "{"长" * source.LONGEST_KEPT}"'
    before = source._read.cache_info()
    assert parse(long, "f.toml") == parse(long, "f.toml")
    assert source._read.cache_info() == before, "a long text is not kept"
    assert before.maxsize
