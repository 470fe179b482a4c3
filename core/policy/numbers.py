"""Exact numbers: fractions inside, decimals at the edges, rounded half up once and only where declared.

A mean of three experts or a share of the best value is seldom a finite decimal, so sums are kept as fractions
until the one rounding that the policy declares.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

_NUMERAL = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?(/[1-9][0-9]{0,59})?")

MOST_DIGITS = 30

Exact = int | Decimal | Fraction


def exact(value: object) -> Fraction | None:
    """The number written in `value` (int, Decimal, Fraction, or digits as text); None if it is no number.

    A float is no number here: it has already lost what was written. Fractions come back from ``str()``.

    >>> exact("84.99"), exact(True), exact(0.5)
    (Fraction(8499, 100), None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return Fraction(value) if _is_bounded(value) else None
    if isinstance(value, int):
        return Fraction(value) if abs(value) < 10**MOST_DIGITS else None
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str) and _NUMERAL.fullmatch(value.strip()):
        return Fraction(value.strip())
    return None


def whole(value: object) -> int | None:
    """The whole number written in `value`, whichever way; None if it is none.

    >>> whole("35"), whole(Decimal("3.0")), whole("3.5"), whole(True)
    (35, 3, None, None)
    """
    number = exact(value)
    return int(number) if number is not None and number.denominator == 1 else None


def _is_bounded(value: Decimal) -> bool:
    """Finite and of sensible size: 1e-99999999 as a fraction would fill the memory."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -60 and value.adjusted() < MOST_DIGITS


def round_half_up(value: Exact, places: int = 2) -> Decimal:
    """Rounded half away from zero to `places` decimals, as people round.

    >>> round_half_up(Fraction(254, 3)), round_half_up(Decimal("84.995")), round_half_up(Fraction(-1, 8))
    (Decimal('84.67'), Decimal('85.00'), Decimal('-0.13'))
    """
    scaled = Fraction(value) * 10**places
    magnitude = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    # Written out rather than scaled, because scaling rounds to the digits of the decimal context.
    return Decimal(f"{magnitude if scaled >= 0 else -magnitude}e-{places}")


def plain(value: Exact) -> Decimal:
    """A finite decimal without trailing zeros; a fraction that is none is rounded half up to 10 places.

    >>> plain(Fraction(25, 2)), plain(Decimal("92.00"))
    (Decimal('12.5'), Decimal('92'))
    """
    if isinstance(value, Fraction):
        finite = _finite(value)
        value = round_half_up(value, 10) if finite is None else finite
    text = format(Decimal(value), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return Decimal("0") if text in {"-0", ""} else Decimal(text)


def _finite(value: Fraction) -> Decimal | None:
    """The decimal that equals the fraction, or None when its digits never end (or run past 40)."""
    for places in range(41):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return Decimal(f"{scaled.numerator}e-{places}")
    return None
