"""Building blocks of payment letters: the structured communication and the EPC QR code.

The EPC069-12 code, version 2, holds what a bank app needs for a transfer in euro. The structured
communication is the Belgian one: ten digits and a check of two, modulo 97.
"""

import io
import re
from decimal import Decimal
from functools import lru_cache

import segno
from pydantic import BaseModel, ConfigDict, Field, field_validator
from stdnum import iban as iban_number

COMMUNICATION = re.compile(r"\+\+\+(\d{3})/(\d{4})/(\d{5})\+\+\+")


class Payment(BaseModel):
    """What somebody has to pay, until when, to whom, with which communication."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount: Decimal = Field(gt=0, le=Decimal("999999999.99"), decimal_places=2)
    iban: str
    name: str = Field(min_length=1, max_length=70)
    communication: str
    due: str | None = None

    @field_validator("iban")
    @classmethod
    def _valid_iban(cls, value: str) -> str:
        compact = iban_number.compact(value)
        if not iban_number.is_valid(compact, check_country=False):
            raise ValueError(f"'{value}' is geen geldig rekeningnummer")
        return str(compact)

    @field_validator("communication")
    @classmethod
    def _valid_communication(cls, value: str) -> str:
        if not is_structured(value):
            raise ValueError(f"'{value}' is geen geldige gestructureerde mededeling")
        return value


def structured(number: int) -> str:
    """Return the structured communication for a number: +++000/0000/00097+++.

    Raises:
        ValueError: the number does not fit in ten digits.
    """
    if not 0 < number < 10**10:
        raise ValueError(f"{number} past niet in een gestructureerde mededeling")
    digits = f"{number:010}{number % 97 or 97:02}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def is_structured(text: str) -> bool:
    """Say whether this is a structured communication whose check adds up."""
    found = COMMUNICATION.fullmatch(text)
    if found is None:
        return False
    number = int("".join(found.groups())[:10])
    return number > 0 and structured(number) == text


def spaced(iban: str) -> str:
    """Write an account number in groups of four."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def epc_text(payment: Payment) -> str:
    """Return what the QR code says, line by line.

    The communication goes as free text, plus signs and slashes included: Belgian bank apps know it
    so, and refuse it in the field of ISO 11649 references.
    """
    head = ["BCD", "002", "1", "SCT", "", payment.name, payment.iban]
    return "\n".join([*head, f"EUR{payment.amount:.2f}", "", "", payment.communication])


@lru_cache(maxsize=512)
def qr_svg(text: str) -> str:
    """Return the QR code of an EPC text as SVG; the standard wants error correction M."""
    code = segno.make(text, error="m", micro=False, encoding="utf-8")
    out = io.BytesIO()
    code.save(out, kind="svg", border=4, xmldecl=False, svgns=True, dark="#000", light="#fff")
    return out.getvalue().decode("utf-8")
