"""The rent as the office reads it: accounts, what is paid on, the pot, exports and indexation.

SQL only, so it answers while Temporal is away. Nothing here charges or sends anything.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from gateway.errors import NotFound, Refused
from gateway.lists import Lists
from gateway.programmes import find_programme, rules_on
from gateway.spreadsheets import Cell
from models.calendar import day_of, dutch_month
from models.communication import printed
from models.errors import Refusal
from models.facts import By, Overview, Posting
from models.indexation import Proposal, months_of, propose
from models.indexation import anniversary as next_anniversary
from models.money import quote
from models.payables import POT, Payable, Pot, payables, solidarity
from models.rent import Quote
from models.vocabulary import Role
from stores import communications, ledger, overview, places, registers
from stores import payables as ticks
from stores.ledger import Balance
from stores.ledger import By as CountedBy
from stores.payables import Paid

# Who ticks what was paid on, and who sees the money of everybody.
OFFICE = (Role.BOOKKEEPER, Role.COORDINATOR, Role.MANAGER)
READERS = (*OFFICE, Role.AUDITOR)
ZERO = Decimal(0)


class Account(NamedTuple):
    """Somebody's account at the end of a day."""

    trajectory: str
    communication: str | None
    day: date
    lines: list[Posting]
    booked: Balance
    value: Balance


class Owed(NamedTuple):
    """What is paid on for one dwelling and month, with its tick."""

    payable: Payable
    paid: Paid | None

    @property
    def changed(self) -> bool:
        """Whether what is owed changed after it was paid."""
        return self.paid is not None and self.paid.amount != self.payable.amount


async def account(lists: Lists, trajectory: str, day: date | None, by: By | None) -> Account:
    """Return somebody's lines and balances until a day; without one, until today.

    Raises:
        NotFound, Refused: not there, not this person's to see, or forgotten.
    """
    await lists.may_see(trajectory, by)
    if await overview.get(lists.engine, trajectory) is None:
        raise NotFound(f"Er is geen traject '{trajectory}'. Zoek het op met `opstap list`.")
    day = day or today(lists)
    digits = await communications.of(lists.engine, trajectory)
    known = await ledger.lines(lists.engine, trajectory)
    await lists.looked(trajectory, "rent", by)
    return Account(
        trajectory=trajectory,
        communication=None if digits is None else printed(digits),
        day=day,
        lines=[line for line in known if line.booked_on <= day],
        booked=await ledger.balance(lists.engine, trajectory, day),
        value=await ledger.balance(lists.engine, trajectory, day, CountedBy.VALUE),
    )


async def balances(lists: Lists, day: date, by: By | None) -> dict[str, Balance]:
    """Return what everybody owes whose account is not at zero, by trajectory."""
    _reads(by)
    found = await ledger.balances(lists.engine, day)
    return {who: sums for who, sums in found.items() if any(sums.values())}


async def owed_for(lists: Lists, month: date, by: By | None) -> list[Owed]:
    """Return what goes on to the technical manager for a month, by dwelling."""
    _reads(by)
    name = _name(month)
    entries = await ledger.of_month(lists.engine, name)
    tenancies = await places.list_tenancies(lists.engine, also_ended=True)
    paid = await ticks.paid(lists.engine, name)
    found = [Owed(one, paid.get(one.dwelling or "")) for one in payables(month, entries, tenancies)]
    known = {one.payable.dwelling for one in found}
    gone = [Payable(dwelling, ZERO, ZERO, 0) for dwelling in sorted(paid.keys() - known)]
    return [*found, *(Owed(one, paid[one.dwelling or ""]) for one in gone)]


async def tick(lists: Lists, month: date, dwellings: Sequence[str], by: By) -> None:
    """Note that these dwellings' month was paid on.

    Raises:
        Refused: not this role's, or nothing is owed for a dwelling that month.
    """
    _may_tick(by)
    owed = {one.payable.dwelling: one.payable for one in await owed_for(lists, month, by)}
    if unknown := sorted(set(dwellings) - {name for name, one in owed.items() if one.residents}):
        raise _nothing_for(unknown, month, "niets door te betalen")
    now = lists.clock()
    paid = [Paid(name, owed[name].amount, now, by.who) for name in dwellings]
    await ticks.tick(lists.engine, _name(month), paid)


async def untick(lists: Lists, month: date, dwellings: Sequence[str], by: By) -> None:
    """Take back ticks that were a mistake.

    Raises:
        Refused: not this role's, or a dwelling that was not ticked.
    """
    _may_tick(by)
    known = await ticks.paid(lists.engine, _name(month))
    if unknown := sorted(set(dwellings) - known.keys()):
        raise _nothing_for(unknown, month, "niets afgevinkt")
    await ticks.untick(lists.engine, _name(month), dwellings)


def _nothing_for(dwellings: Sequence[str], month: date, what: str) -> Refused:
    where = f"{', '.join(dwellings)} is er in {dutch_month(month)}"
    return Refused(f"Voor {where} {what}.", "no_payable")


def _name(month: date) -> str:
    return month.isoformat()[:7]


async def pot(lists: Lists, until: date | None, by: By | None) -> Pot:
    """Return the solidarity pot at the end of a day."""
    _reads(by)
    day = until or today(lists)
    owed = {
        who: sum(sums.values(), ZERO)
        for who, sums in (await ledger.balances(lists.engine, day)).items()
    }
    return solidarity(await ledger.entries(lists.engine, until=day, kinds=POT), owed)


EXPORT_HEAD = (
    "Traject", "Mededeling", "Lijn", "Geboekt", "Valuta", "Ten laatste", "Soort", "Schuld", "Tekst",
    "Bedrag", "Neemt terug",
)  # fmt: skip


async def exported(
    lists: Lists, since: date | None, until: date | None, by: By | None
) -> list[Sequence[Cell]]:
    """Return the lines of the ledger as rows under `EXPORT_HEAD`, oldest first."""
    _reads(by)
    theirs = {who: digits for digits, who in (await communications.all(lists.engine)).items()}
    return [
        (
            who,
            # Without its plus signs: a spreadsheet would begin to count.
            printed(theirs[who]).strip("+") if who in theirs else None,
            line.key,
            line.booked_on,
            line.value_on,
            line.due_on,
            line.kind.label,
            line.debt.label,
            line.text,
            line.amount,
            line.counters,
        )
        for who, line in await ledger.entries(lists.engine, since=since, until=until)
    ]


async def indexation(
    lists: Lists,
    trajectory: str,
    day: date | None,
    by: By | None,
    given: tuple[Decimal | None, Decimal | None] = (None, None),
) -> Proposal:
    """Return what somebody's rent would be after indexation; nothing is changed.

    `given` are the start index and the new one, where the profile does not know them.

    Raises:
        NotFound, Refused: not there, no lease, or nothing to propose, with the reason.
    """
    await lists.may_see(trajectory, by)
    row = await overview.get(lists.engine, trajectory)
    if row is None or row.lease_start is None:
        raise Refused(f"'{trajectory}' heeft geen huurcontract: er is geen huur.", "no_lease")
    day = day or today(lists)
    figures = {one.month: one.value for one in find_programme(lists.settings).health_index}
    months = months_of(row.lease_start, next_anniversary(row.lease_start, day))
    figures.update({m: v for m, v in zip(months, given, strict=True) if v is not None})
    return _or_refused(
        propose(
            await _rent_of(lists, row, row.lease_start),
            lease_start=row.lease_start,
            lease_end=row.lease_end,
            day=day,
            index=figures,
        )
    )


def today(lists: Lists) -> date:
    """Return the Belgian day."""
    return day_of(lists.clock())


async def _rent_of(lists: Lists, row: Overview, on: date) -> Quote:
    dwelling = await registers.get_dwelling(lists.engine, (row.place or "").rpartition("-")[0])
    if dwelling is None:
        raise Refused("De woning van deze bewoner staat niet in het register.", "no_dwelling")
    made = quote(
        rules_on(lists.settings, on),
        bedrooms=dwelling.bedrooms,
        shared=dwelling.shared,
        flat_rate=dwelling.flat_rate,
        energy=dwelling.energy_rate,
    )
    if isinstance(made, Refusal):
        raise Refused.by(made)
    return made


def _or_refused(made: Proposal | Refusal) -> Proposal:
    if isinstance(made, Refusal):
        raise Refused.by(made)
    return made


def _may_tick(by: By) -> None:
    if by.role not in OFFICE:
        labels = " of ".join(role.label.lower() for role in OFFICE)
        raise Refused(f"Afvinken doet een {labels}, niet een {by.role.label.lower()}.", "role")


def _reads(by: By | None) -> None:
    if by is not None and by.role not in READERS:
        raise Refused(f"Een {by.role.label.lower()} ziet niet ieders rekening.", "role")
