"""The kinds of field. A plugin adds its own with ``register_field_type``."""

from forms.fields.base import (
    FIELD_TYPES,
    BadInput,
    FieldType,
    Spec,
    field_type,
    register_field_type,
)
from forms.fields.choosing import ChoicesType, ChoiceType, YesNoType
from forms.fields.codes import CreditCodeType, IdentityNumberType, mask
from forms.fields.composite import CalculatedType, FilesType, TableType
from forms.fields.dates import DateType, MonthType
from forms.fields.numbers import DecimalType, IntegerType, MoneyType, PercentType, whole_fen
from forms.fields.texts import EmailType, LongTextType, PhoneType, TextType

for _kind in (
    TextType(), LongTextType(), IntegerType(), DecimalType(), MoneyType(), PercentType(), DateType(),
    MonthType(), YesNoType(), ChoiceType(), ChoicesType(), CreditCodeType(), PhoneType(),
    IdentityNumberType(), EmailType(), FilesType(), TableType(), CalculatedType(),
):  # fmt: skip
    register_field_type(_kind)

__all__ = [
    "FIELD_TYPES", "BadInput", "FieldType", "Spec", "field_type", "mask", "register_field_type", "whole_fen",
]  # fmt: skip
