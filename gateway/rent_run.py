"""The run of the fifteenth and the twentieth, asked before: who would get what, and why.

Only looks. The run itself comes by time, in each resident's own trajectory.
"""

import asyncio
from datetime import date
from typing import NamedTuple

from gateway.bank import own_accounts
from gateway.errors import Refused
from gateway.programmes import rules_on
from gateway.rent import OFFICE, today
from gateway.sending import ask
from gateway.steps import Gateway
from models.calendar import dutch_date
from models.facts import By, Overview
from models.foresight import Foreseen, foresee
from models.programme import Rules
from models.state import TrajectoryState
from models.vocabulary import OWING, Role
from stores import bank, overview

AT_ONCE = 20
READERS = (*OFFICE, Role.AUDITOR)


class Run(NamedTuple):
    """What a look would do: on which day, with which bank data, and for whom."""

    day: date
    second: bool
    closes: date | None
    rows: list[tuple[str, Foreseen]]


async def foreseen(gateway: Gateway, day: date, by: By | None) -> Run:
    """Return what the look of a day would do with what is known now.

    Raises:
        Refused: a day to come, a programme without looks, or not this person's to see.
        NoAnswer: the worker does not answer.
    """
    if by is not None and by.role not in READERS:
        raise Refused("Dit kan alleen wie met geld werkt, of een auditor.", "role")
    if day > today(gateway):
        raise Refused(
            f"{dutch_date(day)} moet nog komen: wie dan betaald heeft, weet niemand. Kies vandaag "
            "of een vroegere dag; `opstap future ID` toont wat er voor één bewoner gepland staat.",
            "future",
        )
    rules = rules_on(gateway.settings, day)
    if not rules.rent_due_day:
        raise Refused("Dit programma kijkt geen betalingen na met Opstap.", "no_rent")
    second = day.day >= rules.second_check_day
    accounts = own_accounts(gateway.settings) or None
    stages = [stage.value for stage in OWING]
    rows = await overview.list_overview(gateway.engine, stages=stages)
    room = asyncio.Semaphore(AT_ONCE)

    async def look(row: Overview) -> tuple[str, Foreseen | None]:
        async with room:
            closes = await bank.newest_closing(gateway.engine, accounts, row.trajectory)
            return row.trajectory, await _foresee(gateway, row, rules, day, closes, second=second)

    found = await asyncio.gather(*map(look, rows))
    closes = await bank.newest_closing(gateway.engine, accounts)
    known = sorted((who, one) for who, one in found if one is not None)
    return Run(day, second, closes, known)


async def _foresee(
    gateway: Gateway, row: Overview, rules: Rules, day: date, closes: date | None, *, second: bool
) -> Foreseen | None:
    seen = await ask(gateway.client, row.trajectory, "view")
    state = TrajectoryState.model_validate(seen["state"])
    return foresee(state, rules, day, closes, second=second)
