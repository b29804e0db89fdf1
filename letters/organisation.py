"""Who sends the letters, and in which envelope: the organisation's own TOML file, checked.

Every measure is in millimetres. What the window shows is arithmetic (`Envelope`), so that another
envelope is another configuration and not another layout.
"""

import tomllib
from pathlib import Path
from typing import Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from letters.errors import LetterError
from models.facts import Json
from models.iban import is_iban, plain

SHEET_WIDTH, SHEET_HEIGHT = 210.0, 297.0
ADDRESS_LINES = 5
LINE_MM = 4.4  # an address line of 10 points, with its leading
BORDER = 1.0  # between the address and the edge of what is always visible


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Box(_Model):
    """A rectangle on the sheet, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


class Envelope(_Model):
    """A window envelope; the sheet is folded to `fold` high and may slide inside."""

    name: str = "C5/6 met venster rechts"
    width: float = Field(default=229, gt=0)
    height: float = Field(default=114, gt=0)
    fold: float = Field(default=99, gt=0)
    window_width: float = Field(default=110, gt=0)
    window_height: float = Field(default=40, gt=0)
    window_right: float = Field(default=15, ge=0, description="from the envelope's right edge")
    window_bottom: float = Field(default=30, ge=0, description="from the envelope's lower edge")

    @property
    def clear(self) -> Box:
        """What may show through the window: only the address stands in it."""
        left = self.width - self.window_right - self.window_width
        top = self.height - self.window_bottom - self.window_height
        return Box(
            left=left - (self.width - SHEET_WIDTH),
            top=top - (self.height - self.fold),
            right=left + self.window_width,
            bottom=top + self.window_height,
        )

    @property
    def safe(self) -> Box:
        """What shows through the window however the sheet slid."""
        clear = self.clear
        return Box(
            left=clear.left + (self.width - SHEET_WIDTH),
            top=clear.top + (self.height - self.fold),
            right=clear.right - (self.width - SHEET_WIDTH),
            bottom=clear.bottom - (self.height - self.fold),
        )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.width < SHEET_WIDTH or self.height < self.fold:
            raise ValueError("het gevouwen blad past niet in de envelop")
        room = self.safe.bottom - self.safe.top - 2 * BORDER
        if room < ADDRESS_LINES * LINE_MM - LINE_MM / 2 or self.safe.right - self.safe.left < 60:
            raise ValueError(
                f"het venster is te klein voor een adres van {ADDRESS_LINES} regels:"
                f" er blijft {self.safe.right - self.safe.left:.0f} × {room:.0f} mm zichtbaar"
            )
        return self


class Organisation(_Model):
    """The sender, as it stands on every letter."""

    street: str
    city: str = Field(description="postcode and town")
    town: str = Field(description="where letters are dated")
    email: str
    website: str | None = None
    enterprise: str | None = Field(default=None, description="enterprise number (KBO)")
    hours: str | None = Field(default=None, description="when somebody answers, in Dutch")
    accounts: list[str] = Field(
        default_factory=list, description="our own bank accounts (IBAN); statements of others wait"
    )
    pay_to: str | None = Field(default=None, description="the account that residents pay to")
    logo: str = Field(default="logo.svg", description="an SVG file beside this one")
    logo_alt: str = "Logo"
    to_settle: list[str] = Field(default_factory=list)
    envelope: Envelope = Envelope()

    @field_validator("pay_to")
    @classmethod
    def _is_iban(cls, value: str | None) -> str | None:
        written = None if value is None else plain(value)
        if written is not None and not is_iban(written):
            raise ValueError(f"'{written}' is geen geldig rekeningnummer (IBAN)")
        return written

    @field_validator("accounts")
    @classmethod
    def _are_ibans(cls, value: list[str]) -> list[str]:
        written = [plain(account) for account in value]
        wrong = next((one for one in written if not is_iban(one)), None)
        if wrong is not None:
            raise ValueError(f"'{wrong}' is geen geldig rekeningnummer (IBAN)")
        return written


def load_organisation(path: Path) -> Organisation:
    """Read the organisation's file.

    Raises:
        LetterError: it cannot be read, or a value in it is wrong; names the file and the field.
    """
    try:
        values: Json = tomllib.loads(path.read_text("utf-8"))
        return Organisation.model_validate(values)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LetterError(f"{path}: het bestand is niet te lezen ({error})") from None
    except ValidationError as error:
        raise LetterError(f"{path}: {wrong_field(error)}") from None


def wrong_field(error: ValidationError) -> str:
    """Say the first thing that is wrong with a file of settings."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "het geheel"
    if first["type"] == "extra_forbidden":
        return f"het veld '{field}' is niet gekend"
    if first["type"] == "missing":
        return f"het veld '{field}' ontbreekt"
    return f"het veld '{field}' klopt niet: {first['msg'].removeprefix('Value error, ')}"
