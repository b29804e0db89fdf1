"""How each language writes a day, a moment and an amount: the filters of the templates."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from letters.errors import GapError
from models.calendar import local

NBSP = "\u00a0"
MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
DAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
LABELS: dict[str, dict[str, str]] = {
    "nl": {
        "page": "Pagina",
        "of": "van",
        "reference": "Ons kenmerk",
        "registered": "AANGETEKEND",
        "to": "Aan",
        "amount": "Bedrag",
        "due": "Betaal ten laatste op",
        "iban": "Rekening",
        "name": "Op naam van",
        "message": "Mededeling",
        "scan": "Scan en betaal",
        "qr": "QR-code voor de overschrijving",
        "questions": "Vragen? Bel",
        "signer": "Naam",
        "signed": "Datum",
        "signature": "Handtekening",
    },
    "en": {
        "page": "Page",
        "of": "of",
        "reference": "Our reference",
        "registered": "REGISTERED",
        "to": "To",
        "amount": "Amount",
        "due": "Pay by",
        "iban": "Account",
        "name": "In the name of",
        "message": "Message",
        "scan": "Scan and pay",
        "qr": "QR code for the transfer",
        "questions": "Questions? Call",
        "signer": "Name",
        "signed": "Date",
        "signature": "Signature",
    },
    "fr": {
        "page": "Page",
        "of": "sur",
        "reference": f"Notre référence{NBSP}",
        "registered": "RECOMMANDÉ",
        "to": "À",
        "amount": "Montant",
        "due": "À payer au plus tard le",
        "iban": "Compte",
        "name": "Au nom de",
        "message": "Communication",
        "scan": "Scannez et payez",
        "qr": "Code QR pour le virement",
        "questions": "Des questions ? Appelez le",
        "signer": "Nom",
        "signed": "Date",
        "signature": "Signature",
    },
}


def filters(language: str) -> dict[str, Callable[[Any], str]]:
    """Return the filters of a language, by the names that templates use."""
    return {
        "datum": lambda value: datum(value, language),
        "moment": lambda value: moment(value, language),
        "euro": lambda value: euro(value, language),
    }


def datum(value: Any, language: str = "nl") -> str:
    """Write an ISO date, or the Belgian day of an ISO moment: 6 mei 2027."""
    text = str(value)  # str: an unknown field names itself
    try:
        day = date.fromisoformat(text) if len(text) == len("2027-05-06") else _at(text).date()
    except ValueError as error:
        raise _wrong(error, text, "datum") from None
    number = "1er" if (language, day.day) == ("fr", 1) else str(day.day)
    return f"{number} {MONTHS[language].split()[day.month - 1]} {day.year}"


def moment(value: Any, language: str = "nl") -> str:
    """Write an ISO moment on a Belgian clock: donderdag 6 mei 2027 om 11.00 uur."""
    text = str(value)
    try:
        at = _at(text)
    except ValueError as error:
        raise _wrong(error, text, "tijdstip") from None
    day = f"{DAYS[language].split()[at.weekday()]} {datum(at.date(), language)}"
    if language == "nl":
        return f"{day} om {at.hour}.{at.minute:02} uur"
    if language == "fr":
        return f"{day} à {at.hour}{NBSP}h{NBSP}{at.minute:02}"
    return f"{day} at {at.hour}.{at.minute:02}"


def euro(value: Any, language: str = "nl") -> str:
    """Write an amount: € 1.234,50. A letter never has a negative amount."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise GapError(f"'{value}' is geen bedrag") from None
    if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
        raise GapError(f"'{value}' is geen bedrag in euro en cent")
    if amount < 0:
        raise GapError(f"het bedrag '{value}' is negatief")
    english = f"{amount:,.2f}"
    if language == "en":
        return f"€{english}"
    grouped = english.translate(str.maketrans(",.", "\u00a0," if language == "fr" else ".,"))
    return f"{grouped}{NBSP}€" if language == "fr" else f"€{NBSP}{grouped}"


def _at(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise GapError(f"'{text}' is een tijdstip zonder tijdzone")
    return local(at)


def _wrong(error: ValueError, text: str, what: str) -> GapError:
    return error if isinstance(error, GapError) else GapError(f"'{text}' is geen {what}")
