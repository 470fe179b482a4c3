import pytest

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
