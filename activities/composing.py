"""From a letter that a turn ordered to what stands in the post: text, receivers, message ids.

A letter that cannot be written or has nobody to go to is stored with the reason: the outcome log
must never wait for a text. The same order gives the same bytes, however often it is composed.
"""

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection

from letters.render import LetterError, LetterPeople, Rendered, render
from models.facts import LetterOrder, Turn
from models.programme import Programme, load_programme
from models.vocabulary import Channel, Role
from stores.people import Contacts, load_contacts
from stores.places import dwelling_of
from stores.post import REFUSED, Composer, Copy, Prepared, StoredLetter

PROGRAMMES = Path(__file__).parent.parent / "programmes"
NAMESPACE = uuid5(NAMESPACE_URL, "https://opstap.example/post")
NO_ADDRESS = "geen mailadres gekend"


def load_programmes(folder: Path = PROGRAMMES) -> dict[str, Programme]:
    """Return every programme of a folder by its id."""
    found = (load_programme(path) for path in sorted(folder.glob("*.toml")))
    return {programme.id: programme for programme in found}


def composer(programmes: Mapping[str, Programme]) -> Composer:
    """Return what writes the letters of a turn, in the name of these programmes."""
    return partial(_compose, programmes)


def _compose(
    programmes: Mapping[str, Programme], connection: Connection, turn: Turn
) -> dict[str, Prepared]:
    overview = turn.overview
    whom = load_contacts(
        connection,
        turn.trajectory,
        supporter=overview.supporter,
        partner=overview.partner,
        dwelling=dwelling_of(overview.place) if overview.place else None,
    )
    programme = programmes.get(overview.programme)
    return {order.key: _prepared(turn.trajectory, order, whom, programme) for order in turn.letters}


def mail_bytes(letter: StoredLetter, copy: Copy, at: datetime) -> bytes:
    """Return the message for one receiver; the same every time.

    Raises:
        ValueError: an address or a header that mail does not allow.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = letter.sender
    message["To"] = copy.address
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = copy.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(copy.text, cte="quoted-printable")
    return message.as_bytes()


def _prepared(
    trajectory: str, order: LetterOrder, whom: Contacts, programme: Programme | None
) -> Prepared:
    if programme is None:
        return Prepared(reason="het programma van deze brief is niet gekend")
    if whom.resident is None:
        return Prepared(sender=programme.sender, reason="de naam van de bewoner is niet gekend")
    people = LetterPeople(
        resident=whom.resident,
        supporter=whom.supporter,
        partner=whom.partner,
        address=whom.address,
        programme=programme.name,
        organisation=programme.organisation,
        phone=programme.phone,
    )
    try:
        rendered = render(order.kind, order.facts, people)
    except LetterError as error:
        return Prepared(sender=programme.sender, reason=str(error))
    return Prepared(
        sender=programme.sender,
        subject=rendered.subject,
        sha256=rendered.sha256,
        copies=[_copy(trajectory, order, role, rendered, whom, programme) for role in order.to],
    )


def _copy(
    trajectory: str,
    order: LetterOrder,
    role: Role,
    rendered: Rendered,
    whom: Contacts,
    programme: Programme,
) -> Copy:
    by_mail = order.channel is Channel.MAIL
    address, care_of = _mail_address(role, whom) if by_mail else (_postal_address(role, whom), "")
    name = f"{trajectory}/{order.key}/{role.value}/{address}"
    domain = programme.sender.rpartition("@")[2]
    return Copy(
        role=role,
        address=address,
        message_id=f"<{uuid5(NAMESPACE, name)}@{domain}>",
        text=f"{care_of}{rendered.text}",
        status=REFUSED if by_mail and not address else "ready",
        reason=NO_ADDRESS if by_mail and not address else None,
    )


def _mail_address(role: Role, whom: Contacts) -> tuple[str, str]:
    """Return where a mail for somebody goes, and the line that says so when it goes by another."""
    supporter = whom.supporter_email or whom.partner_contact or ""
    if role is Role.RESIDENT and not whom.resident_email:
        care_of = f"(Voor {whom.resident}. Wil je deze brief aan hem of haar geven?)\n\n"
        return supporter, care_of if supporter else ""
    address = {
        Role.RESIDENT: whom.resident_email,
        Role.SUPPORTER: supporter,
        Role.WELFARE_OFFICE: whom.welfare_office_contact or whom.partner_contact,
    }.get(role)
    return address or "", ""


def _postal_address(role: Role, whom: Contacts) -> str:
    """Return where a paper letter goes, as far as it is known: a person writes the envelope."""
    if role in {Role.RESIDENT, Role.NEIGHBOURS}:
        return whom.address or ""
    return whom.partner or ""
