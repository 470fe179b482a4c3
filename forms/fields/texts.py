"""Texts, and texts with a shape: e-mail addresses and telephone numbers."""

from __future__ import annotations

import re

from forms.fields.base import BadInput, FieldType, Spec
from forms.fields.numbers import WIDE

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-[1-9][0-9]{6,7}(-[0-9]{1,6})?")
_SERVICE = re.compile(r"[48]00-?[0-9]{3}-?[0-9]{4}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class TextType(FieldType):
    """One line; ``min`` and ``max`` count characters (200 unless said)."""

    key = "text"
    label = "文字"
    options = frozenset({"min", "max"})
    usual_max = 200

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        return re.sub(r"\s+", " ", _CONTROL.sub("", text)).strip() or None

    def problems(self, answer: object, spec: Spec) -> list[str]:
        length = len(str(answer))
        most = self.usual_max if spec.max is None else int(spec.max)
        if length > most:
            return [f"现在是 {length} 个字，最多 {most} 个字，请删减"]
        if spec.min is not None and length < int(spec.min):
            return [f"现在是 {length} 个字，至少 {spec.min} 个字，请补充"]
        return []

    def limit_fault(self, name: str, limit: str) -> str:  # noqa: ARG002
        return "" if limit.isdecimal() else "要写成字数，例如 200"


class LongTextType(TextType):
    """Several lines; 2 000 characters unless ``max`` says otherwise."""

    key = "long_text"
    label = "长文字"
    options = TextType.options | {"indicator"}
    control = "area"
    usual_max = 2000

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip() or None


class PhoneType(FieldType):
    """A mobile number (11 digits), a landline with area code, or a 400/800 number."""

    key = "phone"
    label = "电话"
    options = frozenset({"purpose"})
    input_type = "tel"
    inputmode = "tel"
    autocomplete = "tel"

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        plain = re.sub(r"[\s()]+", "-", text.translate(WIDE)).strip("-")
        plain = re.sub(r"-+", "-", re.sub(r"^\+?86-?(?=1[3-9]|0)", "", plain))
        digits = plain.replace("-", "")
        if _MOBILE.fullmatch(digits):
            return digits
        if _LANDLINE.fullmatch(plain) or _SERVICE.fullmatch(plain):
            return plain
        if digits.isdecimal() and digits.startswith("1"):
            raise BadInput(f"手机号码应是 11 位，现在是 {len(digits)} 位或号段不对，请核对")
        raise BadInput("请填 11 位手机号码，或带区号的固定电话，例如 0335-1234567")


class EmailType(FieldType):
    """An e-mail address."""

    key = "email"
    label = "电子邮箱"
    options = frozenset({"purpose"})
    input_type = "email"
    inputmode = "email"
    autocomplete = "email"

    def from_text(self, text: str, spec: Spec) -> object:  # noqa: ARG002
        plain = text.translate(WIDE)
        if len(plain) > 254 or ".." in plain or not _EMAIL.fullmatch(plain):
            raise BadInput("邮箱地址不完整，请写成 name@example.cn 的样子")
        return plain
