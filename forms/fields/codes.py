"""Codes with a check digit: unified social credit code (GB 32100-2015), identity number (GB 11643-1999)."""

from __future__ import annotations

import re
from datetime import date

from forms.fields.base import BadInput, FieldType, Spec
from forms.fields.numbers import WIDE

_CREDIT_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"


def _plain(text: str) -> str:
    return re.sub(r"[\s-]+", "", text.translate(WIDE)).upper()


def credit_check_digit(first17: str) -> str:
    """The 18th character; raises ValueError when one of the 17 is not in the code's alphabet."""
    total = sum(_CREDIT_CHARS.index(c) * w for c, w in zip(first17, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_CHARS[(31 - total % 31) % 31]


def identity_check_digit(first17: str) -> str:
    """The 18th character of an identity number."""
    total = sum(int(c) * w for c, w in zip(first17, _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECKS[total % 11]


def mask(identity: str) -> str:
    """First three and last two characters, the rest as stars: enough to recognise, not to misuse."""
    if len(identity) < 8:
        return "*" * len(identity)
    return f"{identity[:3]}{'*' * (len(identity) - 5)}{identity[-2:]}"


class CreditCodeType(FieldType):
    """统一社会信用代码."""

    key = "credit_code"
    label = "统一社会信用代码"
    autocomplete = "off"

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        code = _plain(text)
        if len(code) != 18:
            raise BadInput(f"统一社会信用代码是 18 位，现在是 {len(code)} 位，请对照营业执照填写")
        wrong = [c for c in code if c not in _CREDIT_CHARS]
        if wrong:
            raise BadInput(f"统一社会信用代码里没有“{wrong[0]}”，请对照营业执照核对（不用字母 I、O、S、V、Z）")
        if credit_check_digit(code[:17]) != code[17]:
            raise BadInput("统一社会信用代码的校验位不对，可能有一位填错，请对照营业执照核对")
        return code


class IdentityNumberType(FieldType):
    """居民身份证号码; shown masked in every view."""

    key = "id_number"
    label = "身份证号码"
    options = frozenset({"purpose"})
    autocomplete = "off"
    in_formulas = False

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        number = _plain(text)
        if len(number) != 18:
            raise BadInput(f"身份证号码是 18 位，现在是 {len(number)} 位，请对照证件核对")
        if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
            raise BadInput("身份证号码前 17 位是数字，最后一位是数字或 X，请对照证件核对")
        if not _is_day(number[6:14]):
            raise BadInput("身份证号码里的出生日期不存在，请对照证件核对")
        if identity_check_digit(number[:17]) != number[17]:
            raise BadInput("身份证号码的校验位不对，可能有一位填错，请对照证件核对")
        return number

    def show(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        return mask(str(answer))

    def typed(self, answer: object, spec: Spec) -> str:  # noqa: ARG002
        return str(answer)


def _is_day(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) >= date(1900, 1, 1)
    except ValueError:
        return False
