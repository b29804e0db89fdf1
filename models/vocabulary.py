"""The words of the trajectory: every enum with its Dutch word, one word per concept.

The value is what is stored, sent and printed; the label is what a person reads. Values never
change once they have been written to a history.
"""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A stored value with the Dutch word that people see."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Make the member from its stored value and its Dutch label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    # As a string: an enum hashes the name of its member, and does so in Python.
    __hash__ = str.__hash__


class Stage(Word):
    """Where a resident stands on the main path."""

    REFERRED = "aangemeld", "Aangemeld"
    WAITLISTED = "wachtlijst", "Wachtlijst"
    ACQUAINTANCE = "kennismaking", "Kennismaking"
    INTAKE = "intake", "Intake"
    MATCHING = "matching", "Matching om te delen"
    MOVE_IN = "opstart", "Opstart"
    LIVING = "wonen", "Wonen"
    NOTICE = "opzeg", "Opzeg loopt"
    EXIT = "uitstroom", "Uitstroom"
    DEPARTED = "onverwacht_vertrek", "Onverwacht vertrek"
    AFTERCARE = "nazorg", "Nazorg"
    CLOSED = "afgesloten", "Afgesloten"
    NOT_STARTED = "niet_gestart", "Niet gestart"
    WITHDRAWN = "ingetrokken", "Ingetrokken"


BEFORE_HOUSING = (
    Stage.REFERRED,
    Stage.WAITLISTED,
    Stage.ACQUAINTANCE,
    Stage.INTAKE,
    Stage.MATCHING,
    Stage.MOVE_IN,
)
HOUSED = (Stage.LIVING, Stage.NOTICE, Stage.EXIT, Stage.DEPARTED)
OWING = (*HOUSED, Stage.AFTERCARE)
OPEN = (*BEFORE_HOUSING, *HOUSED, Stage.AFTERCARE)
ENDED = (Stage.CLOSED, Stage.NOT_STARTED, Stage.WITHDRAWN)


class ContractStage(Word):
    """The region of the lease and its notice."""

    NONE = "geen", "Nog geen contract"
    RUNNING = "loopt", "Loopt"
    NOTICE_READY = "opzeg_klaar", "Opzegbrief goedgekeurd"
    POSTED = "gepost", "Opzeg gepost"
    REMINDED = "herinnerd", "Herinnerd"
    ENDED = "geeindigd", "Geëindigd"


class ReviewStage(Word):
    """The region of the talks."""

    NONE = "geen", "Nog geen gesprekken"
    TO_PLAN = "te_plannen", "Te plannen"
    PLANNED = "gepland", "Gepland"
    STOPPED = "gestopt", "Gestopt"


class ArrearsStage(Word):
    """The region of the rent: how far the patient ladder has gone (L1320-1376)."""

    IN_ORDER = "in_orde", "In orde"
    MESSAGE = "bericht", "Bericht gestuurd"
    REMINDER = "herinnering", "Herinnering gestuurd"
    TALK = "gesprek_plan", "Gesprek of afbetalingsplan"
    REGISTERED = "aangetekend", "Aangetekend schrijven"
    FUND = "fonds", "Info over het Fonds gegeven"
    CONCILIATION = "verzoening", "Verzoening gevraagd"
    COURT = "vonnis", "Bij de vrederechter"


class Debt(Word):
    """What somebody owes money for (L756-758)."""

    RENT = "huur", "Huur"
    DAMAGE = "schade", "Schade of opruimen"
    ENERGY = "energie", "Energie"


class PostingKind(Word):
    """What a line of the ledger is."""

    CHARGE = "aanrekening", "Aanrekening"
    PAYMENT = "betaling", "Betaling"
    REVERSAL = "terugname", "Teruggenomen betaling"
    CORRECTION = "rechtzetting", "Rechtzetting"
    WRITE_OFF = "kwijtschelding", "Kwijtschelding"


class Region(Word):
    """What a hold can lie over."""

    MAIN = "traject", "Traject"
    CONTRACT = "contract", "Contract en opzeg"
    REVIEWS = "gesprekken", "Gesprekken"
    PAYMENT = "betaling", "Betaling"


class Unpaused(Word):
    """Why a pause does not stop a deadline: it has legal consequences, or it simply runs on."""

    HARD = "hard", "Harde termijn"
    RUNS_ON = "loopt_door", "Ook tijdens een pauze"


class Role(Word):
    """Who acts, or who receives a letter or a task."""

    COORDINATOR = "coordinator", "Coördinator"
    GROUP_WORKER = "group_worker", "Groepsbegeleider"
    SUPPORTER = "supporter", "Individuele begeleider"
    RESIDENT = "resident", "Bewoner"
    BOOKKEEPER = "bookkeeper", "Boekhouder"
    TECHNICAL = "technical", "Technisch beheerder"
    MANAGER = "manager", "Leidinggevende"
    VOLUNTEER = "volunteer", "Vrijwilliger"
    AUDITOR = "auditor", "Auditor"
    WELFARE_OFFICE = "ocmw", "OCMW"
    ADMINISTRATOR = "bewindvoerder", "Bewindvoerder"
    NEIGHBOURS = "neighbours", "Buren"
    SYSTEM = "system", "Opstap"


STAFF = (Role.COORDINATOR, Role.GROUP_WORKER, Role.MANAGER)


class Source(Word):
    """Where a fact came from."""

    GATEWAY = "gateway", "Scherm of opdrachtregel"
    SCRIPT = "script", "Script"
    TEMPORAL = "temporal", "Rechtstreeks in Temporal: bron niet bevestigd"
    DEADLINE = "deadline", "Termijn"
    OBSERVATION = "observation", "Waarneming"


class Channel(Word):
    """How a letter leaves the house."""

    MAIL = "mail", "E-mail"
    REGISTERED = "registered", "Aangetekende brief"
    PAPER = "paper", "Brief op papier"


class LetterStatus(Word):
    """Where a letter stands."""

    HELD = "held", "Klaar, wacht op verzending"
    SENT = "sent", "Verzonden"
    TO_PRINT = "to_print", "Af te drukken"
    POSTED = "posted", "Gepost"
    REFUSED = "refused", "Niet aangekomen"
    UNCERTAIN = "uncertain", "Niet zeker of hij vertrok"
    RECALLED = "recalled", "Tegengehouden"


class Cause(Word):
    """Why it does not work out (L1333)."""

    INCOME_LATE = "inkomen_te_laat", "Inkomen komt te laat"
    INCOME_LOST = "inkomen_weg", "Geen inkomen (meer)"
    FORGOTTEN = "vergeten", "Vergeten"
    OTHER_COSTS = "andere_kosten", "Andere kosten of schulden"
    DISAGREES = "niet_akkoord", "Niet akkoord met het bedrag"
    OTHER = "andere", "Andere"


class TalkOutcome(Word):
    """What a talk about arrears came to."""

    PROMISE = "belofte", "Belofte om te betalen"
    PLAN = "plan", "Afbetalingsplan"
    NONE = "geen", "Geen afspraak"
    REFUSED = "geweigerd", "Gesprek geweigerd"
    UNREACHABLE = "onbereikbaar", "Niet te bereiken"


class WelfareHelp(Word):
    """Where the help of the OCMW stands (L1364-1376)."""

    ASKED = "gevraagd", "Gevraagd"
    RUNNING = "loopt", "Begeleidingsovereenkomst loopt"
    REFUSED = "geweigerd", "Geweigerd"
    STOPPED = "stopgezet", "Stopgezet"


class ConciliationOutcome(Word):
    """What came of the conciliation (L1340)."""

    AGREED = "akkoord", "Akkoord"
    FAILED = "geen", "Geen akkoord"
    ABSENT = "afwezig", "Niet opgedaagd"
