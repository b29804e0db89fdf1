"""From a letter that a turn ordered to what stands in the post: words, receivers, message ids.

A letter that cannot be written or has nobody to go to is stored with the reason: the outcome log
must never wait for a text. The same order gives the same bytes, however often it is composed.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection

from activities.paying import completed
from letters import mail
from letters.errors import LetterError
from letters.render import LetterPeople, Letters, Rendered
from models.calendar import day_of
from models.facts import LetterOrder, Turn
from models.letters import LETTERS, LetterKind
from models.programme import Programme, load_programme
from models.vocabulary import Channel, Role
from stores.people import Contacts, load_contacts
from stores.places import dwelling_of
from stores.post import REFUSED, Composer, Copy, Prepared, StoredLetter

PROGRAMMES = Path(__file__).parent.parent / "programmes"
NAMESPACE = uuid5(NAMESPACE_URL, "https://opstap.example/post")
NO_ADDRESS = "geen mailadres gekend"
NAMELESS = {Role.NEIGHBOURS: "Aan de buren"}


def load_programmes(folder: Path = PROGRAMMES) -> dict[str, Programme]:
    """Return every programme of a folder by its id."""
    found = (load_programme(path) for path in sorted(folder.glob("*.toml")))
    return {programme.id: programme for programme in found}


def composer(programmes: Mapping[str, Programme], letters: Letters) -> Composer:
    """Return what writes the letters of a turn, in the name of these programmes."""
    return partial(_compose, programmes, letters)


def _compose(
    programmes: Mapping[str, Programme], letters: Letters, connection: Connection, turn: Turn
) -> dict[str, Prepared]:
    overview = turn.overview
    whom = load_contacts(
        connection,
        turn.trajectory,
        supporter=overview.supporter,
        partner=overview.partner,
        dwelling=dwelling_of(overview.place) if overview.place else None,
        administrator=next((one.administrator for one in turn.letters if one.administrator), None),
    )
    programme = programmes.get(overview.programme)
    return {
        order.key: _prepared(connection, letters, turn.trajectory, order, whom, programme)
        for order in turn.letters
    }


def mail_bytes(letter: StoredLetter, copy: Copy, at: datetime, files: Mapping[str, bytes]) -> bytes:
    """Return the message for one receiver; the same every time.

    Raises:
        ValueError: an address or a header that mail does not allow.
    """
    about = mail.Envelope(
        sender=letter.sender or "",
        to=copy.address,
        subject=letter.subject or "",
        at=at,
        message_id=copy.message_id,
    )
    html, pdf = files[copy.html_sha256 or ""], files[copy.pdf_sha256 or ""]
    return mail.mail_bytes(about, copy.text, html.decode(), pdf, pdf_name(letter.kind))


def pdf_name(kind: str) -> str:
    """Return the name of the attachment, in plain letters: opzegbrief-aangetekend.pdf."""
    label = LETTERS[LetterKind(kind)].label.lower()
    return f"{'-'.join(re.findall('[a-z0-9]+', label))}.pdf"


def _prepared(
    connection: Connection,
    letters: Letters,
    trajectory: str,
    order: LetterOrder,
    whom: Contacts,
    programme: Programme | None,
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
        facts = completed(
            connection, trajectory, order.facts, letters.library.organisation(), programme
        )
        # Dated on the day on which it leaves, which is known from the order on.
        rendered = letters.render(
            order.kind, facts, people, day_of(order.send_at), reference=order.key
        )
    except LetterError as error:
        return Prepared(sender=programme.sender, reason=str(error))
    return Prepared(
        sender=programme.sender,
        subject=rendered.subject,
        sha256=rendered.sha256,
        language=rendered.language,
        tree=rendered.tree,
        template=rendered.template,
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
    # A mail carries one PDF, to whom the letter is for; on paper each receiver has their own.
    whose = order.to[0] if by_mail else role
    name = f"{trajectory}/{order.key}/{role.value}/{address}"
    domain = programme.sender.rpartition("@")[2]
    return Copy(
        role=role,
        address=address,
        message_id=f"<{uuid5(NAMESPACE, name)}@{domain}>",
        text=f"{care_of}\n\n{rendered.text()}" if care_of else rendered.text(),
        addressee=_addressee(whose, whom),
        care_of=care_of or None,
        status=REFUSED if by_mail and not address else "ready",
        reason=NO_ADDRESS if by_mail and not address else None,
    )


def _mail_address(role: Role, whom: Contacts) -> tuple[str, str]:
    """Return where a mail for somebody goes, and the line that says so when it goes by another."""
    supporter = whom.supporter_email or whom.partner_contact or ""
    if role is Role.RESIDENT and not whom.resident_email:
        care_of = f"(Voor {whom.resident}. Wil je deze brief aan hem of haar geven?)"
        return supporter, care_of if supporter else ""
    address = {
        Role.RESIDENT: whom.resident_email,
        Role.SUPPORTER: supporter,
        Role.WELFARE_OFFICE: whom.welfare_office_contact or whom.partner_contact,
        Role.ADMINISTRATOR: whom.administrator_contact,
    }.get(role)
    return address or "", ""


def _postal_address(role: Role, whom: Contacts) -> str:
    """Return where a paper letter goes, as far as it is known: a person writes the envelope."""
    if role in {Role.RESIDENT, Role.NEIGHBOURS}:
        return whom.address or ""
    if role is Role.ADMINISTRATOR:
        return whom.administrator or ""
    return whom.partner or ""


def _addressee(role: Role, whom: Contacts) -> list[str]:
    """Return the lines of the address on the letter, as far as they are known."""
    if role is Role.RESIDENT:
        lines = [whom.resident, *re.split(r"\n|, ", whom.address or "")]
    elif role is Role.SUPPORTER:
        lines = [whom.supporter, whom.partner]
    elif role is Role.ADMINISTRATOR:
        lines = [whom.administrator]
    else:
        lines = [NAMELESS.get(role, role.label)]
    return [line.strip() for line in lines if line and line.strip()]
