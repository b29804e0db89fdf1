"""The door to sealing: what is personal goes through here on its way into and out of a table.

An engine may carry a `Vault` (see `stores.engine`), which holds the keys; stores know nothing
more of it. Without one everything stays as it is, for plays on invented people and measurements.
"""

import base64
import binascii
import json
from typing import Any, Protocol

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import canonical
from stores.errors import Erased, Sealed

# Who owns a key. One per trajectory, one per person, one per bank file, one for what belongs to
# nobody in particular.
PROGRAMME = "programme"
TRAJECTORY_PREFIX = "trajectory-"
OPTION = "opstap_vault"
# What a sealed text begins with; a sealed JSON value is an object with this one field.
TEXT, FIELD = "sealed:", "sealed"
# What stands in the place of what was forgotten.
FORGOTTEN = "[gewist]"

# Where a value stands: table, row, column. What is sealed for one place opens nowhere else.
Place = tuple[str, ...]

# The columns that are sealed, beside the detail of outcomes; under whose key, their store knows.
SEALED = {
    "overview": ("next_text",),
    "tasks": ("text",),
    "ledger": ("text",),
    "post": ("facts", "subject", "reason", "tree"),
    "post_copies": ("address", "text", "reason", "addressee", "care_of"),
    "letter_files": ("content",),
    "people": ("name", "birth_date", "sex", "email", "phone"),
    "partners": ("contact",),
    "supporters": ("name", "email"),
    "staff": ("name",),
    "dwellings": ("address",),
    "refusals": ("text",),
    "secrets": ("value",),
    "bank_files": ("name", "report", "content"),
    "bank_movements": ("told", "why"),
    "bank_allocations": ("refused",),
}


class Vault(Protocol):
    """Seals and opens values under the key of their owner."""

    def seal(self, connection: Connection, owner: str, where: Place, plain: bytes) -> bytes:
        """Seal a value for its place; makes the owner's key at the first. Raises `Erased`."""

    def open(self, connection: Connection, owner: str, where: Place, sealed: bytes) -> bytes:
        """Open a value of that place. Raises `Erased` or `Sealed`."""

    def mark(self, connection: Connection, owner: str, text: str) -> str:
        """Return by what a text is recognised, and never found. Raises `Erased`."""

    def confirm(self, connection: Connection, owner: str) -> None:
        """Look in the table itself, whatever is remembered. Raises `Erased`."""


def resident(trajectory: str) -> str:
    """Return the owner of what belongs to a trajectory."""
    return f"resident/{trajectory.removeprefix(TRAJECTORY_PREFIX)}"


def person(identity: str) -> str:
    """Return the owner of what belongs to a person, whatever their trajectories."""
    return f"person/{identity}"


def bank_file(sha256: str) -> str:
    """Return the owner of what a bank file tells of those who paid."""
    return f"bank/{sha256}"


def vault_of(source: Connection | AsyncEngine) -> Vault | None:
    """Return the vault that a database was opened with, or None."""
    engine = source.sync_engine if isinstance(source, AsyncEngine) else source
    found: Vault | None = engine.get_execution_options().get(OPTION)
    return found


def seal_text(connection: Connection, owner: str, where: Place, text: Any) -> Any:
    """Seal a text for its place; nothing stays nothing."""
    vault = vault_of(connection)
    if text is None or vault is None:
        return text if text is None else str(text)
    sealed = vault.seal(connection, owner, where, str(text).encode())
    return TEXT + base64.urlsafe_b64encode(sealed).decode()


def open_text(connection: Connection, owner: str, where: Place, text: Any) -> Any:
    """Open a text of its place; what was never sealed is returned as it is."""
    if not isinstance(text, str) or not text.startswith(TEXT):
        return text
    try:
        return _opened(connection, owner, where, text.removeprefix(TEXT)).decode()
    except Erased:
        return FORGOTTEN


def seal_bytes(connection: Connection, owner: str, where: Place, content: bytes) -> bytes:
    """Seal a file for its place."""
    vault = vault_of(connection)
    return content if vault is None else vault.seal(connection, owner, where, content)


def open_bytes(connection: Connection, owner: str, where: Place, content: bytes) -> bytes:
    """Open a file of its place; nothing is left of one that was forgotten."""
    vault = vault_of(connection)
    try:
        return content if vault is None else vault.open(connection, owner, where, content)
    except Erased:
        return b""


def seal_json(connection: Connection, owner: str, where: Place, value: Any) -> Any:
    """Seal a JSON value for its place."""
    vault = vault_of(connection)
    if vault is None:
        return value
    sealed = vault.seal(connection, owner, where, canonical(value))
    return {FIELD: base64.urlsafe_b64encode(sealed).decode()}


def open_json(connection: Connection, owner: str, where: Place, value: Any) -> Any:
    """Open a JSON value of its place; what was forgotten stays sealed for ever."""
    if not is_sealed(value):
        return value
    try:
        return json.loads(_opened(connection, owner, where, value[FIELD]))
    except Erased:
        return value


def is_sealed(value: Any) -> bool:
    """Whether a JSON value is a sealed one."""
    return isinstance(value, dict) and value.keys() == {FIELD}


def _opened(connection: Connection, owner: str, where: Place, text: str) -> bytes:
    vault = vault_of(connection)
    if vault is None:
        raise Sealed("Deze gegevens zijn verzegeld, en de hoofdsleutel is hier niet gekend.")
    try:
        sealed = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        raise Sealed(f"{'/'.join(where)}: dit is veranderd en kan niet geopend worden.") from None
    return vault.open(connection, owner, where, sealed)
