"""The key ring: one data key per owner, wrapped by the master key, in the table `keys`.

A key is made at the first use of its owner, once, whoever is first. A destroyed key leaves a
tombstone, so that no program that still runs can make it anew. What is remembered here counts for
seconds: a tombstone of another process is seen soon, and at once where `confirm` asks the table.
"""

from datetime import datetime
from threading import Lock
from time import monotonic
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, RootTransaction, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from privacy.errors import Erased, MasterError, Sealed
from privacy.master import Load, Master, Masters
from privacy.sealing import Damaged, DataKey, new_secret, unwrap, wrap
from stores.engine import alone, fetch, insert_once, read, write
from stores.guard_tables import keys
from stores.tables import outcomes
from stores.vault import resident, vault_of

REMEMBERED_FOR = 3.0
# So many are remembered before the oldest are let go.
LEAST_ROOM = 64
# The row that says which master key wraps: what it wraps is worth nothing.
MASTER = "master"
_FIND = select(keys.c.wrapped, keys.c.master).where(keys.c.owner == bindparam("owner"))


class KeyRing:
    """The keys of one database; safe for several threads."""

    def __init__(self, load: Load, remembered_for: float = REMEMBERED_FOR) -> None:
        """Keep where the master keys come from; they are read at the first use."""
        self._load = load
        self._masters: Masters | None = None
        self._for = remembered_for
        self._known: dict[str, tuple[DataKey | None, float]] = {}
        self._room = LEAST_ROOM
        # Keys made by a transaction that may yet be undone: its own, and nobody else's.
        self._fresh: WeakKeyDictionary[RootTransaction, dict[str, DataKey]] = WeakKeyDictionary()
        self._lock = Lock()

    # ---- what stores ask (stores.vault.Vault) --------------------------------------------------
    def seal(
        self, connection: Connection, owner: str, where: tuple[str, ...], plain: bytes
    ) -> bytes:
        """Seal a value for its place."""
        return self.obtain(connection, owner).seal_cell(plain, *where)

    def open(
        self, connection: Connection, owner: str, where: tuple[str, ...], sealed: bytes
    ) -> bytes:
        """Open a value of that place."""
        key = self._found(connection, owner)
        try:
            if key is not None:
                return key.open_cell(sealed, *where)
        except Damaged:
            pass
        raise Sealed(f"{'/'.join(where)}: dit is veranderd en kan niet geopend worden.")

    def mark(self, connection: Connection, owner: str, text: str) -> str:
        """Return by what a text is recognised, and never found."""
        return self.obtain(connection, owner).mark(text)

    def confirm(self, connection: Connection, owner: str) -> None:
        """Look in the table itself, whatever is remembered; what stands there is good again."""
        known, _ = self._known.pop(owner, (None, 0.0))
        row = connection.execute(_FIND, {"owner": owner}).one_or_none()
        if known is not None and row is not None and row.wrapped is not None:
            self._remember(owner, known)
        elif row is not None:
            self._found(connection, owner)

    # ---- keys ----------------------------------------------------------------------------------
    def remembered(self, owner: str) -> DataKey | None:
        """Return a key that was used moments ago; None: ask the table.

        Raises:
            Erased: a tombstone was seen moments ago.
        """
        known = self._known.get(owner)
        if known is None or known[1] < monotonic():
            return None
        if known[0] is None:
            raise Erased
        return known[0]

    def obtain(self, connection: Connection, owner: str) -> DataKey:
        """Return the key of an owner, made when there is none.

        Raises:
            Erased: it was destroyed.
        """
        return self._found(connection, owner) or self._made(connection, owner)

    async def key(self, engine: AsyncEngine, owner: str, *, make: bool) -> DataKey | None:
        """Return the key of an owner; None when there is none and none is to be made.

        Raises:
            Erased: it was destroyed.
        """
        known = self.remembered(owner) or await read(engine, self._found, owner)
        if known is None and make:
            known = await write(engine, self.obtain, owner)
        return known

    async def check(self, engine: AsyncEngine) -> None:
        """See at the start that the master key is there, and the one of this database.

        Raises:
            MasterError: it is not; the sentence says which is wanted.
        """
        await write(engine, self._check)

    async def rotate(self, engine: AsyncEngine) -> int:
        """Wrap every key by the current master key, in one transaction; return how many."""
        return await write(engine, self._rotate)

    async def wrapped_by(self, engine: AsyncEngine) -> set[str]:
        """Return the names of the master keys that are still needed."""
        wanted = select(keys.c.master).where(keys.c.wrapped.is_not(None))
        return {row["master"] for row in await fetch(engine, wanted)}

    @property
    def held(self) -> int:
        """How many keys are in memory."""
        return len(self._known)

    def forget(self) -> None:
        """Forget what is remembered."""
        self._known.clear()

    # ---- the table -----------------------------------------------------------------------------
    def _found(self, connection: Connection, owner: str) -> DataKey | None:
        key = self.remembered(owner)
        if key is not None:
            return key
        transaction = connection.get_transaction()
        if isinstance(transaction, RootTransaction):
            key = self._fresh.get(transaction, {}).get(owner)
            if key is not None:
                return key
        row = connection.execute(_FIND, {"owner": owner}).one_or_none()
        if row is None:
            return None
        if row.wrapped is None:
            self._remember(owner, None)
            raise Erased
        key = self._opened(owner, row.wrapped, row.master)
        self._remember(owner, key)
        return key

    def _made(self, connection: Connection, owner: str) -> DataKey:
        # Alone: a rotation under way would not see this key and leave it with the old master.
        alone(connection, "keys")
        master = self._check(connection)
        secret = new_secret()
        row = {
            "owner": owner,
            "wrapped": wrap(master.secret, owner, secret),
            "master": master.id,
            "erased_at": None,
        }
        connection.execute(insert_once(connection, keys), row)
        stored = connection.execute(_FIND, {"owner": owner}).one()
        if stored.wrapped is None:
            raise Erased
        key = self._opened(owner, stored.wrapped, stored.master)
        transaction = connection.get_transaction()
        if isinstance(transaction, RootTransaction):
            self._fresh.setdefault(transaction, {})[owner] = key
        return key

    def _opened(self, owner: str, wrapped: bytes, by: str) -> DataKey:
        master = self._master(by)
        try:
            return DataKey(owner, unwrap(master.secret, owner, bytes(wrapped)))
        except Damaged:
            raise Sealed(
                f"De sleutel '{owner}' is beschadigd: zet een reservekopie terug."
            ) from None

    def _remember(self, owner: str, key: DataKey | None) -> None:
        now = monotonic()
        self._known[owner] = (key, now + self._for)
        if len(self._known) > self._room:
            # A key is some kilobytes: who has thousands of residents would keep them all.
            for name, (_, until) in list(self._known.items()):
                if until < now:
                    self._known.pop(name, None)
            self._room = max(LEAST_ROOM, 2 * len(self._known))

    # ---- the master key ------------------------------------------------------------------------
    def _master(self, wanted: str) -> Master:
        with self._lock:
            if self._masters is None:
                self._masters = self._load()
            # Rotated meanwhile: the file has one more.
            master = self._masters.by_id(wanted)
            if master is None:
                self._masters = self._load()
                master = self._masters.by_id(wanted)
            if master is None:
                known = ", ".join(one.id for one in self._masters.all)
                raise MasterError(
                    f"De hoofdsleutel past niet bij deze databank: die vraagt sleutel {wanted}, en "
                    f"gegeven is {known}. Zet de juiste sleutel terug."
                )
            return master

    def _current(self) -> Master:
        with self._lock:
            if self._masters is None:
                self._masters = self._load()
            return self._masters.current

    def _check(self, connection: Connection) -> Master:
        """Return the master key that this database is wrapped by."""
        row = connection.execute(_FIND, {"owner": MASTER}).one_or_none()
        if row is None:
            if connection.execute(select(outcomes.c.trajectory).limit(1)).first() is not None:
                raise MasterError(
                    "Deze databank is van voor de verzegeling en bevat leesbare gegevens. "
                    "Begin met een lege databank en een lege Temporal-server."
                )
            current = self._current()
            row_of = _master_row(current)
            connection.execute(insert_once(connection, keys), row_of)
            row = connection.execute(_FIND, {"owner": MASTER}).one()
        master = self._master(row.master)
        self._opened(MASTER, row.wrapped, row.master)
        return master

    def _rotate(self, connection: Connection) -> int:
        alone(connection, "keys")
        self._check(connection)
        self._masters = self._load()
        current = self._masters.current
        rows = connection.execute(
            select(keys.c.owner, keys.c.wrapped, keys.c.master).where(
                keys.c.wrapped.is_not(None), keys.c.master != current.id
            )
        ).all()
        for row in rows:
            master = self._master(row.master)
            secret = unwrap(master.secret, row.owner, bytes(row.wrapped))
            connection.execute(
                update(keys)
                .where(keys.c.owner == row.owner)
                .values(wrapped=wrap(current.secret, row.owner, secret), master=current.id)
            )
        return len(rows)


def bury(connection: Connection, owner: str, at: datetime) -> bool:
    """Destroy a key and leave its tombstone, also where there was none; False when done before."""
    found = connection.execute(_FIND, {"owner": owner}).one_or_none()
    tombstone = {"wrapped": None, "erased_at": at}
    if found is None:
        connection.execute(insert(keys), {"owner": owner, "master": "", **tombstone})
        return True
    if found.wrapped is None:
        return False
    connection.execute(update(keys).where(keys.c.owner == owner).values(**tombstone, master=""))
    return True


async def has_keys(engine: AsyncEngine) -> bool:
    """Whether anything was ever sealed in this database."""
    return bool(await fetch(engine, select(keys.c.owner).limit(1)))


async def is_forgotten(engine: AsyncEngine, trajectory: str) -> bool:
    """Whether the key of a trajectory was destroyed."""
    ring = ring_of(engine)
    try:
        if ring is not None:
            await ring.key(engine, resident(trajectory), make=False)
    except Erased:
        return True
    return False


def ring_of(engine: AsyncEngine) -> KeyRing | None:
    """Return the key ring that a database was opened with, or None."""
    vault = vault_of(engine)
    return vault if isinstance(vault, KeyRing) else None


def _master_row(current: Master) -> dict[str, object]:
    return {
        "owner": MASTER,
        "wrapped": wrap(current.secret, MASTER, new_secret()),
        "master": current.id,
        "erased_at": None,
    }
