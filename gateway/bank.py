"""The way in for bank files: reading, taking in, and telling every resident's trajectory.

Taking in needs the database alone. Telling needs Temporal, goes on where it stopped, and tells a
payment once however often it is asked.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bank.reading import LARGEST, Read, read_file
from gateway.errors import NotFound, Refused
from gateway.lists import Lists
from gateway.sending import tell as tell_heard
from gateway.settings import Settings
from gateway.steps import Gateway
from letters.sources import Library
from models.facts import SYSTEM, By, Heard
from models.signing import NOT_BELIEVED
from models.vocabulary import Role
from stores import bank, bank_files, bank_telling
from stores.bank_files import Arrived, Taken
from stores.bank_import import take_in
from stores.bank_telling import Untold

MAY = (Role.BOOKKEEPER, Role.COORDINATOR, Role.MANAGER)
AT_ONCE = 20
BATCH = 200
# Payments taken in, and payments of the file.
Progress = Callable[[int, int], None]


@dataclass
class Delivered:
    """How telling went."""

    told: int = 0
    refused: int = 0
    waiting: int = 0


def own_accounts(settings: Settings) -> list[str]:
    """Return the accounts that are ours; none named means that every account counts."""
    return Library(settings.letters_dir).organisation().accounts


def may(by: By | None) -> None:
    """Refuse whoever has nothing to do with money.

    Raises:
        Refused: with who may.
    """
    if by is not None and by.role not in MAY:
        who = ", ".join(role.label.lower() for role in MAY)
        raise Refused(f"Dit kan alleen wie met geld werkt: {who}.", "role")


def look(path: Path) -> Read:
    """Read and weigh a file, and keep nothing of it."""
    return read_file(_content(path))


async def import_file(
    lists: Lists,
    path: Path,
    by: By | None = None,
    *,
    copies: bool = False,
    progress: Progress | None = None,
) -> list[Taken]:
    """Take a file in; what waited for it in quarantine comes after it.

    Raises:
        NotFound: the file cannot be read at all.
        Refused: this person may not.
    """
    may(by)
    content = _content(path)
    taken = [await _import(lists, path.name, content, by, copies=copies, progress=progress)]
    if taken[0].status != bank_files.IMPORTED or taken[0].already:
        return taken
    again = True
    while again:
        again = False
        for name, waiting in await bank_files.waiting(lists.engine):
            one = await _import(lists, name, waiting, by, copies=copies, progress=None)
            if one.status == bank_files.IMPORTED and not one.already:
                taken.append(one)
                again = True
    return taken


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise Refused(
                f"{path.name}: dit bestand is groter dan {LARGEST // 1_000_000} MB en wordt niet "
                "bewaard. Vraag de bank om een bestand per maand.",
                "size",
            )
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{path} kan niet gelezen worden: {error.strerror}.") from None


async def _import(
    lists: Lists,
    name: str,
    content: bytes,
    by: By | None,
    *,
    copies: bool,
    progress: Progress | None,
) -> Taken:
    known = await bank_files.find(lists.engine, hashlib.sha256(content).hexdigest())
    if known is not None and known.status == bank_files.IMPORTED and not known.set_aside:
        return known.model_copy(update={"already": True, "file": name})
    found = await asyncio.to_thread(read_file, content)
    arrived = Arrived(name, content, found.kind, found.statements, found.fault)
    total = sum(1 for statement in found.statements for _ in statement.payments())
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, total)

    return await take_in(
        lists.engine,
        arrived,
        ours=own_accounts(lists.settings),
        copies=copies,
        at=lists.clock(),
        by=(by or SYSTEM).who,
        progress=count,
    )


# ---- telling ------------------------------------------------------------------------------------
async def deliver(gateway: Gateway, progress: Progress | None = None) -> Delivered:
    """Tell every trajectory what was booked for it, and who waits for statements that they are in.

    Raises:
        NoAnswer: Temporal or the worker does not answer; what is not told yet is told next time.
    """
    delivered = Delivered()
    total = len(await bank_telling.untold(gateway.engine))
    while batch := await bank_telling.take_up(gateway.engine, BATCH, gateway.clock()):
        await _tell_all(gateway, batch, delivered)
        if progress is not None:
            progress(delivered.told + delivered.refused, total)
    delivered.waiting = await _statements_are_in(gateway)
    return delivered


async def count_untold(lists: Lists) -> int:
    """Return how much that was booked is still to be told."""
    return len(await bank_telling.untold(lists.engine))


async def _tell_all(gateway: Gateway, batch: list[Untold], delivered: Delivered) -> None:
    """Tell a batch: residents beside each other, and each resident's payments in order.

    At the first that is not answered all stop: nobody waits for a worker that is not there.
    """
    by_resident: dict[str, list[Untold]] = {}
    for one in batch:
        by_resident.setdefault(one.trajectory, []).append(one)
    room, trouble = asyncio.Semaphore(AT_ONCE), asyncio.Event()
    heard: list[Untold] = []

    async def tell(theirs: list[Untold]) -> None:
        async with room:
            for one in theirs:
                if trouble.is_set():
                    return
                try:
                    await _tell_one(gateway, one, delivered, heard)
                except BaseException:
                    trouble.set()
                    raise

    ended = await asyncio.gather(*map(tell, by_resident.values()), return_exceptions=True)
    await bank_telling.told(gateway.engine, heard, gateway.clock())
    error = next((one for one in ended if isinstance(one, BaseException)), None)
    if error is not None:
        raise error


async def _tell_one(
    gateway: Gateway, one: Untold, delivered: Delivered, heard: list[Untold]
) -> None:
    """Tell one payment; what its file does not take goes to the queue."""
    try:
        await tell_heard(gateway.client, gateway.sign, one.trajectory, one.heard)
    except (Refused, NotFound) as refusal:
        if isinstance(refusal, Refused) and refusal.code in NOT_BELIEVED:
            raise  # that is about our key or our clock, never about the payment
        known = isinstance(refusal, Refused)
        why = str(refusal) if known else "Het dossier is afgesloten of bestaat niet meer."
        await bank_telling.refused(gateway.engine, one, why)
        delivered.refused += 1
    else:
        heard.append(one)
        delivered.told += 1


async def _statements_are_in(gateway: Gateway) -> int:
    """Tell whoever waits for newer bank data until which day it goes now, for them."""
    ours = own_accounts(gateway.settings) or None
    told = 0
    for trajectory in await bank_telling.waiting_for_statements(gateway.engine):
        closes = await bank.newest_closing(gateway.engine, ours, trajectory)
        if closes is None:
            continue
        day = closes.isoformat()
        message = Heard(name="statement_loaded", data={"closes": day}, id=f"statement-{day}")
        try:
            await tell_heard(gateway.client, gateway.sign, trajectory, message)
            told += 1
        except (Refused, NotFound):
            continue  # it waits no longer
    return told
