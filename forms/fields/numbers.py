"""Numbers as people type them: full-width digits, thousands separators, a unit by mistake."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from forms.fields.base import BadInput, FieldType, Spec

MAX_WHOLE_DIGITS = 15
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
WIDE = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)} | {"−": "-", "—": "-", "。": "."})


def read_number(text: str, spec: Spec, places: int) -> Decimal:
    """Exact number with at most ``places`` decimals, never rounded. Raises BadInput."""
    plain = re.sub(r"\s+", "", text.translate(WIDE))
    unit = spec.unit.translate(WIDE)
    if unit and plain.endswith(unit):
        plain = plain[: -len(unit)]
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not _PLAIN.fullmatch(plain):
        raise BadInput(_why_not(plain, spec))
    whole, _, fraction = plain.lstrip("+-").partition(".")
    if len(whole.lstrip("0")) > MAX_WHOLE_DIGITS:
        raise BadInput(f"数字太大，整数部分最多 {MAX_WHOLE_DIGITS} 位，请核对")
    if len(fraction.rstrip("0")) > places:
        raise BadInput(f"小数最多 {places} 位，请四舍五入后再填" if places else "要填整数，请去掉小数部分")
    return Decimal(plain)


def _why_not(plain: str, spec: Spec) -> str:
    unit = f"，单位是{spec.unit}" if spec.unit else ""
    if re.search(r"[0-9].*[万亿千百]", plain):
        return f"请把数字写全，不写“万”“亿”{unit}"
    if "," in plain:
        return "逗号的位置不对：千位分隔写成 1,860，小数点用“.”"
    return f"这里只能填数字，例如 1860 或 1,860{unit}"


def canonical(number: Decimal) -> str:
    """One spelling per number: no exponent, no trailing zeros, no minus before zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def grouped(text: str) -> str:
    """Thousands grouped for readers; anything that is no number stays as it is."""
    if not _PLAIN.fullmatch(text):
        return text
    sign = "-" if text.startswith("-") else ""
    whole, dot, fraction = text.lstrip("+-").partition(".")
    return f"{sign}{int(whole):,}{dot}{fraction}"


def _with_unit(limit: str, spec: Spec) -> str:
    return f"{grouped(limit)} {spec.unit}".strip()


def whole_fen(answer: str, unit: str) -> int:
    """Money of a form (unit 元 or 万元) in whole 分; raises ValueError when it is not whole."""
    fen = Decimal(answer) * (1_000_000 if unit == "万元" else 100)
    if fen != fen.to_integral_value():
        raise ValueError(f"{answer}{unit} 不是整分")
    return int(fen)


class DecimalType(FieldType):
    """An exact decimal; at most ``places`` decimals (6 unless said)."""

    key = "decimal"
    label = "小数"
    options = frozenset({"unit", "min", "max", "places", "indicator", "total"})
    inputmode = "decimal"
    autocomplete = "off"
    numeric = True
    usual_places = 6

    def from_text(self, text: str, spec: Spec) -> object:
        return canonical(read_number(text, spec, self._places(spec)))

    def _places(self, spec: Spec) -> int:
        return self.usual_places if spec.places is None else spec.places

    def problems(self, answer: object, spec: Spec) -> list[str]:
        number = Decimal(str(answer))
        if spec.min is not None and number < Decimal(spec.min):
            return [f"不能小于 {_with_unit(spec.min, spec)}，请核对"]
        if spec.max is not None and number > Decimal(spec.max):
            return [f"不能大于 {_with_unit(spec.max, spec)}，请核对"]
        return []

    def show(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        return grouped(str(answer))

    def operand(self, answer: object) -> Decimal:
        if isinstance(answer, (bool, float)):
            raise ValueError(answer)
        try:
            return Decimal(str(answer))
        except InvalidOperation:
            raise ValueError(answer) from None

    def limit_fault(self, name: str, limit: str) -> str:  # noqa: ARG002
        return "" if _PLAIN.fullmatch(limit) else '要写成数字，例如 0 或 "0.5"'


class IntegerType(DecimalType):
    """A whole number, stored as a JSON number."""

    key = "integer"
    label = "整数"
    options = DecimalType.options - {"places"}
    inputmode = "numeric"

    def from_text(self, text: str, spec: Spec) -> object:
        return int(read_number(text, spec, 0))


class MoneyType(DecimalType):
    """Money in 元 or 万元, exact to the 分."""

    key = "money"
    label = "金额"
    needs = frozenset({"unit"})

    def _places(self, spec: Spec) -> int:
        if spec.places is not None:
            return spec.places
        return 6 if spec.unit == "万元" else 2


class PercentType(DecimalType):
    """Percentage points: 20% is the answer ``"20"``."""

    key = "percent"
    label = "百分比"
    options = DecimalType.options - {"unit"}
    usual_places = 4

    def from_text(self, text: str, spec: Spec) -> object:
        return super().from_text(text.translate(WIDE).rstrip("% "), spec)
