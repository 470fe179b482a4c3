"""The kinds of field. Plugins add their own through the hook ``kaoping_field_types``."""

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

BUILT_IN: tuple[FieldType, ...] = (
    TextType(), LongTextType(), IntegerType(), DecimalType(), MoneyType(), PercentType(), DateType(),
    MonthType(), YesNoType(), ChoiceType(), ChoicesType(), CreditCodeType(), PhoneType(),
    IdentityNumberType(), EmailType(), FilesType(), TableType(), CalculatedType(),
)  # fmt: skip
for _kind in BUILT_IN:
    register_field_type(_kind)

__all__ = [
    "BUILT_IN", "FIELD_TYPES", "BadInput", "FieldType", "Spec", "field_type", "mask", "register_field_type", "whole_fen",
]  # fmt: skip
