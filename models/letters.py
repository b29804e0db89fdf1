"""The letters table: one row per kind of letter, who gets it, how, and by whose decision.

The texts live in `letters/`; this table is what the steps and deadlines order from, with the
documents on request (`models/documents.py`) behind it. A letter that the machine may send alone
has `alone=True` (nothing above an invitation or a reminder of a date).
"""

from models.documents import DOCUMENTS
from models.letterkinds import BOTH, LetterKind, LetterRow
from models.vocabulary import Channel, Role

__all__ = ["LETTERS", "LetterKind", "LetterRow"]

LETTERS: dict[LetterKind, LetterRow] = {
    row.kind: row
    for row in (
        LetterRow(
            LetterKind.WAITLIST_CONFIRMATION,
            "Bevestiging van de aanmelding",
            (Role.SUPPORTER,),
            Channel.MAIL,
            "L980, L983",
            facts=("referred_on", "waitlist"),
            alone=True,
        ),
        LetterRow(
            LetterKind.SUPPORTER_GUIDE,
            "Leidraad voor de begeleider",
            (Role.SUPPORTER,),
            Channel.MAIL,
            "L599-601, L1885",
            facts=("since",),
        ),
        LetterRow(
            LetterKind.INVITATION_ACQUAINTANCE,
            "Uitnodiging kennismaking",
            BOTH,
            Channel.MAIL,
            "L985-987",
            facts=("at", "place"),
            alone=True,
        ),
        LetterRow(
            LetterKind.INVITATION_INTAKE,
            "Uitnodiging intake",
            BOTH,
            Channel.MAIL,
            "L985-987",
            facts=("at", "place"),
            alone=True,
        ),
        LetterRow(
            LetterKind.INVITATION_MATCH,
            "Uitnodiging kennismaking woningdelen",
            BOTH,
            Channel.MAIL,
            "L1000, L1028",
            facts=("at", "place"),
            alone=True,
        ),
        LetterRow(
            LetterKind.INVITATION_TALK,
            "Uitnodiging gesprek",
            BOTH,
            Channel.MAIL,
            "L1153-1157, L1282",
            facts=("at", "place", "talk"),
            alone=True,
        ),
        LetterRow(
            LetterKind.INVITATION_EXIT,
            "Uitnodiging exitgesprek",
            BOTH,
            Channel.MAIL,
            "L1425",
            facts=("at", "place", "leaves_on"),
            alone=True,
        ),
        LetterRow(
            LetterKind.NOT_STARTED,
            "Brief niet gestart",
            BOTH,
            Channel.MAIL,
            "L448",
            facts=("reason",),
        ),
        LetterRow(
            LetterKind.ALONE_STATUS,
            "Motivering statuut alleenstaande",
            (Role.WELFARE_OFFICE, Role.SUPPORTER),
            Channel.MAIL,
            "L1012-1026",
            facts=("start_on",),
        ),
        LetterRow(
            LetterKind.OPEN_ITEMS,
            "Wat nog in orde moet voor het gesprek",
            (Role.SUPPORTER,),
            Channel.MAIL,
            "L1155, L1178-1181, L1408",
            facts=("items", "by"),
            maybe=("talk_at",),
            alone=True,
        ),
        LetterRow(
            LetterKind.NEIGHBOURS,
            "Brief aan de buren",
            (Role.NEIGHBOURS,),
            Channel.PAPER,
            "L866-867",
            facts=("since",),
        ),
        LetterRow(
            LetterKind.PREMIUM_INFO,
            "Info installatiepremie",
            BOTH,
            Channel.MAIL,
            "L1159-1169",
            facts=("choice",),
        ),
        LetterRow(
            LetterKind.DEPARTED,
            "Brief bij onverwacht vertrek",
            BOTH,
            Channel.MAIL,
            "L1471-1477",
            facts=("post_to", "clear_by"),
        ),
        LetterRow(
            LetterKind.NOTICE_MAIL,
            "Opzeg per mail",
            BOTH,
            Channel.MAIL,
            "L766-767",
            facts=("lease_end",),
        ),
        LetterRow(
            LetterKind.NOTICE_REGISTERED,
            "Opzegbrief, aangetekend",
            BOTH,
            Channel.REGISTERED,
            "L766-767",
            facts=("lease_end", "safe_post_by"),
        ),
        LetterRow(
            LetterKind.NOTICE_REMINDER,
            "Herinnering einde contract",
            BOTH,
            Channel.MAIL,
            "L767-768",
            facts=("lease_end",),
            alone=True,
        ),
        LetterRow(
            LetterKind.EXTENSION,
            "Addendum verlenging",
            BOTH,
            Channel.MAIL,
            "L768-769, L1871",
            facts=("new_end", "signed_on"),
        ),
        LetterRow(
            LetterKind.RECOMMENDATION,
            "Aanbeveling huurder",
            (Role.RESIDENT,),
            Channel.MAIL,
            "L1893",
            facts=("since", "talks"),
            maybe=("until",),
        ),
        *DOCUMENTS,
    )
}
