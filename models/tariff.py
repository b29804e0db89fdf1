"""The tariff of a programme: of which components a rent is made, and who bears them (L1224-1261).

All of it is data of the profile, dated and with its source. Whether an amount for sharers is that of
the whole dwelling or of one person is said for every component, and printed with every calculation.
"""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.vocabulary import Debt, Word

Euro = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=9)]


class Basis(Word):
    """What an amount for sharers covers."""

    PERSON = "persoon", "per persoon"
    DWELLING = "woning", "per woning"


class AmountFrom(Word):
    """Where the amount of a component stands."""

    TARIFF = "tarief", "In het tarief"
    FLAT_RATE = "forfait", "Forfait van de woning"
    ENERGY = "energie", "Energievoorschot van de woning"


class GoesTo(Word):
    """Who receives a component in the end (L1217, L1260)."""

    MANAGER = "technisch", "Technisch leegstandsbeheerder"
    SOLIDARITY = "solidair", "Solidaire bijdrage"
    OURSELVES = "eigen", "Blijft bij ons"


class MonthDays(Word):
    """By how many days a month that is not whole is divided."""

    CALENDAR = "kalender", "De dagen van die maand"
    THIRTY = "dertig", "30 dagen, in elke maand"


class Component(BaseModel):
    """One row of the tariff; several rows of one name differ by their number of bedrooms."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    component: str = Field(pattern=r"^[a-z][a-z_]{1,30}$")
    label: str
    source: str = Field(description="playbook line, or who decided it")
    bedrooms: int | None = Field(default=None, ge=1, le=6, description="none: every dwelling")
    alone: Euro | None = Field(default=None, description="for who lives alone")
    shared: Euro | None = Field(default=None, description="for who shares, by the basis")
    basis: Basis = Field(default=Basis.PERSON, description="what an amount for sharers covers")
    amount: AmountFrom = AmountFrom.TARIFF
    low: Euro | None = Field(default=None, description="below this it is remarkable")
    high: Euro | None = Field(default=None, description="above this it is remarkable")
    goes_to: GoesTo = GoesTo.MANAGER
    indexed: bool = Field(default=False, description="an indexation may raise it")
    debt: Debt = Debt.RENT

    @model_validator(mode="after")
    def _has_one_amount(self) -> Self:
        given = self.alone is not None or self.shared is not None
        if given != (self.amount is AmountFrom.TARIFF):
            raise ValueError(
                f"component {self.component}: an amount in the tariff or in the dwelling"
            )
        if (self.low is not None or self.high is not None) and given:
            raise ValueError(
                f"component {self.component}: a range is for an amount of the dwelling"
            )
        return self


class IndexFigure(BaseModel):
    """The health index of a month, as it was published."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    month: str = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    value: Decimal = Field(gt=0)
    source: str
