"""What a person decides about a payment: whose it is, that it is nobody's, or that it was wrong."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from gateway.bank import may
from gateway.errors import NotFound, Refused
from gateway.lists import Lists
from models.euro import euro
from models.facts import By
from models.paying import Fate
from models.vocabulary import OPEN, Debt
from stores import bank_queue, overview
from stores.bank_queue import Payment, Share

QUEUE = (Fate.PROPOSED, Fate.UNMATCHED)
# What may be somebody's when a person says so: what went out may be a refund.
MAY_BE = (*QUEUE, Fate.OTHER)
_AMOUNT = re.compile(r"\d{1,7}(?:[.,]\d{2})?", re.ASCII)


class Target(NamedTuple):
    """Whom a person named, with an amount and a debt where they said so."""

    trajectory: str
    amount: Decimal | None
    debt: Debt | None


def read_target(text: str) -> Target:
    """Read ID[=BEDRAG][:SCHULD], as in 3fa9=327,00:huur.

    Raises:
        Refused: the amount or the debt is none.
    """
    rest, _, debt = text.partition(":")
    who, _, amount = rest.partition("=")
    if debt and debt not in set(Debt):
        known = ", ".join(one.value for one in Debt)
        raise Refused(f"'{debt}' is geen schuld die we kennen. Kies uit: {known}.", "debt")
    if amount and not _AMOUNT.fullmatch(amount):
        raise Refused(f"'{amount}' is geen bedrag. Schrijf het zo: 312,50.", "amount")
    value = Decimal(amount.replace(",", ".")) if amount else None
    return Target(who, value, Debt(debt) if debt else None)


async def queue(lists: Lists, by: By | None = None, fates: Sequence[Fate] = QUEUE) -> list[Payment]:
    """Return what waits for a person.

    Raises:
        Refused: this person has nothing to do with money.
    """
    may(by)
    return await bank_queue.list_payments(lists.engine, fates)


async def payment(lists: Lists, start: str) -> Payment:
    """Return the payment whose id begins so.

    Raises:
        NotFound: none does, or more than one.
    """
    found = await bank_queue.find(lists.engine, start)
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.id for one in found[:5])
        raise NotFound(f"'{start}' past op {len(found)} betalingen: {ids}. Typ er meer van.")
    raise NotFound(f"Er is geen betaling '{start}'. Zie opstap bank unmatched.")


async def assign(lists: Lists, start: str, targets: Sequence[Target], by: By) -> list[Share]:
    """Book a payment for whom a person names, or for whom it was proposed.

    Raises:
        Refused: it does not wait, does not add up, or is for a file that is closed.
        NotFound: no such payment or trajectory.
    """
    may(by)
    found = await payment(lists, start)
    if found.fate not in MAY_BE:
        raise Refused(
            f"De betaling {found.id} wacht niet: ze is '{found.fate.label.lower()}'. Was dat fout, "
            "zet ze dan eerst terug met --undo.",
            "settled",
        )
    if not targets and found.trajectory is None:
        raise Refused(f"Voor {found.id} is er geen voorstel. Noem de bewoner.", "target")
    named = list(targets) or [Target(found.trajectory or "", None, None)]
    shares = _shared(found, [one._replace(trajectory=await _open(lists, one)) for one in named])
    await bank_queue.assign(lists.engine, found, shares, lists.clock(), by.who)
    return shares


async def clear(lists: Lists, start: str, why: str, by: By) -> Payment:
    """Take a payment out of the queue with a reason.

    Raises:
        Refused, NotFound: with a Dutch sentence.
    """
    may(by)
    found = await payment(lists, start)
    if found.fate not in QUEUE:
        raise Refused(f"De betaling {found.id} wacht niet op een beslissing.", "settled")
    await bank_queue.clear(lists.engine, found, why)
    return found


async def take_back(lists: Lists, start: str, by: By) -> Payment:
    """Put a payment back in the queue; whoever heard of it hears that it was not theirs.

    Raises:
        Refused, NotFound: with a Dutch sentence.
    """
    may(by)
    found = await payment(lists, start)
    if found.fate not in {Fate.BOOKED, Fate.CLEARED}:
        raise Refused(f"Over de betaling {found.id} is nog niets beslist.", "settled")
    why = f"Teruggezet door {by.who}."
    await bank_queue.take_back(lists.engine, found, why, lists.clock(), by.who)
    return found


async def _open(lists: Lists, target: Target) -> str:
    trajectory = await lists.find(target.trajectory)
    row = await overview.get(lists.engine, trajectory)
    if row is None or row.stage not in {stage.value for stage in OPEN}:
        raise Refused(f"Het dossier {trajectory} is afgesloten: boek er niets meer op.", "closed")
    return trajectory


def _shared(found: Payment, targets: list[Target]) -> list[Share]:
    """Split a payment; one part may be left open and takes what remains."""
    whole = abs(found.left)
    without = [one for one in targets if one.amount is None]
    if len(without) > 1:
        raise Refused("Noem bij elke bewoner een bedrag; bij één mag het weg.", "amount")
    said = sum((one.amount for one in targets if one.amount is not None), Decimal(0))
    rest = whole - said
    if (without and rest <= 0) or (not without and rest != 0):
        raise Refused(
            f"De delen tellen op tot {euro(said)}, en de betaling is {euro(whole)}.", "amount"
        )
    sign = 1 if found.amount > 0 else -1
    shares = [
        Share(one.trajectory, sign * (rest if one.amount is None else one.amount), one.debt)
        for one in targets
    ]
    if any(share.amount == 0 for share in shares):
        raise Refused("Een deel van nul euro kan niet.", "amount")
    return shares
