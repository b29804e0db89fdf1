"""What a payment letter needs that no fact tells: our account, and the resident's communication.

The pieces of a court file get the hash of the letter as it is kept, so that they can be proven.
"""

from sqlalchemy import Connection, select

from letters.errors import LetterError
from letters.organisation import Organisation
from models.communication import printed
from models.facts import Json
from models.letters import LETTERS, LetterKind
from models.programme import Programme
from stores import communications
from stores.tables import post

LONGEST_NAME = 70


def completed(
    connection: Connection,
    trajectory: str,
    facts: Json,
    organisation: Organisation,
    programme: Programme,
) -> Json:
    """Return the facts of a letter with how to pay, and the hashes of the pieces it names.

    Raises:
        LetterError: the organisation has no account yet, or the resident no communication.
    """
    if "pay" in facts:
        facts = {
            **facts,
            "pay": {**_how(connection, trajectory, organisation, programme), **facts["pay"]},
        }
    if "pieces" in facts:
        facts = {**facts, "pieces": _pieces(connection, trajectory, facts["pieces"])}
    return facts


def _how(
    connection: Connection, trajectory: str, organisation: Organisation, programme: Programme
) -> Json:
    if organisation.pay_to is None:
        raise LetterError(
            "er is geen rekening om op te betalen: vul 'pay_to' in organisation.toml in"
        )
    digits = communications.load(connection, trajectory)
    if digits is None:
        raise LetterError("de bewoner heeft nog geen gestructureerde mededeling")
    return {
        "iban": organisation.pay_to,
        "name": programme.organisation[:LONGEST_NAME],
        "communication": printed(digits),
    }


def _pieces(connection: Connection, trajectory: str, named: list[Json]) -> list[Json]:
    """Return the pieces with their Dutch names and hashes; one that is not kept is left out."""
    kept = dict(
        connection.execute(
            select(post.c.key, post.c.sha256).where(post.c.trajectory == trajectory)
        ).all()
    )
    return [
        {
            "what": LETTERS[LetterKind(piece["what"])].label,
            "dated": piece["dated"],
            "sha256": kept[piece["key"]],
        }
        for piece in named
        if kept.get(piece["key"])
    ]
