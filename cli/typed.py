"""What people type after an option: a day, a month, an amount, as Belgians write them."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import click
from pydantic_core import PydanticCustomError

from models.facts import Json
from models.fields import read_amount, read_day
from models.vocabulary import Debt

_MONTH = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})|(?P<m2>\d{1,2})/(?P<y2>\d{4})", re.ASCII)


class Day(click.ParamType[date]):
    """A day: 2027-03-15 or 15/3/2027."""

    name = "DATUM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> date:
        """Read it."""
        try:
            found = read_day(value)
        except PydanticCustomError:
            found = None
        if not isinstance(found, date):
            self.fail(f"'{value}' is geen datum; schrijf 15/3/2027 of 2027-03-15.", param, ctx)
        return found


class Month(click.ParamType[date]):
    """A month: 2027-03 or 3/2027; its first day."""

    name = "MAAND"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> date:
        """Read it."""
        found = value if isinstance(value, date) else None
        if found is None and (match := _MONTH.fullmatch(str(value).strip())) is not None:
            year, month = match["y"] or match["y2"], match["m"] or match["m2"]
            found = date(int(year), int(month), 1) if 1 <= int(month) <= 12 else None
        if found is None:
            self.fail(f"'{value}' is geen maand; schrijf 2027-03 of 3/2027.", param, ctx)
        return found


class Euro(click.ParamType[Decimal]):
    """An amount, not below zero: 312,50 or 312.50."""

    name = "EUR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> Decimal:
        """Read it."""
        try:
            found = read_amount(value)
        except PydanticCustomError:
            found = None
        if not isinstance(found, Decimal) or not 0 <= found < 1_000_000:
            self.fail(f"'{value}' is geen bedrag; schrijf bijvoorbeeld 312,50.", param, ctx)
        return found


class Index(Euro):
    """A figure of an index: an amount above zero."""

    name = "GETAL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: Any) -> Decimal:
        """Read it."""
        found = super().convert(value, param, ctx)
        if not found:
            self.fail(f"'{value}' is geen index; schrijf bijvoorbeeld 135,79.", param, ctx)
        return found


DAY, MONTH, EURO, INDEX = Day(), Month(), Euro(), Index()


def read_plan_line(text: str) -> Json:
    """Read one payment of a plan, DAG=BEDRAG[:SCHULD], as the step takes it.

    Raises:
        UsageError: with how to write it.
    """
    when, _, rest = text.partition("=")
    amount, _, debt = rest.partition(":")
    if not when or not amount or debt not in {"", *Debt}:
        known = ", ".join(one.value for one in Debt)
        raise click.UsageError(
            f"'{text}' is geen afbetaling. Schrijf DAG=BEDRAG of DAG=BEDRAG:SCHULD, zoals "
            f"10/5/2027=179,00:huur; schulden zijn {known}."
        )
    return {"due": when, "amount": amount, "debt": debt or Debt.RENT.value}
