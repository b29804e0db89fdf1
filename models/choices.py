"""The words a form offers: every choice of a step with its Dutch label and its playbook line."""

from models.vocabulary import Word


class Sex(Word):
    """As the referral asks it (playbook L975)."""

    WOMAN = "v", "Vrouw"
    MAN = "m", "Man"
    OTHER = "x", "X"


class Living(Word):
    """The wish to live alone or to share (L979)."""

    ALONE = "alleen", "Alleen wonen"
    SHARING = "delen", "Woning delen"


class Homelessness(Word):
    """Homeless, or about to be (L419)."""

    HOMELESS = "dakloos", "Dakloos"
    THREATENED = "dreigend", "Dreigend dakloos"


class MeetingKind(Word):
    """What a candidate is called up for (L987)."""

    ACQUAINTANCE = "kennismaking", "Kennismaking"
    INTAKE = "intake", "Intake"


class Reply(Word):
    """The answer to an invitation."""

    COMES = "komt", "Komt"
    OTHER_DATE = "andere_datum", "Vraagt een andere datum"
    STAYS_AWAY = "komt_niet", "Komt niet"


class Verdict(Word):
    """What one of the two employees thinks after the intake (L445)."""

    START = "start", "Laten starten"
    DOUBT = "twijfel", "Twijfel"
    NO = "niet", "Niet laten starten"


class Colour(Word):
    """The colour system of the checklist (L447)."""

    GREEN = "groen", "Groen"
    ORANGE = "oranje", "Oranje"
    RED = "rood", "Rood"


class Decision(Word):
    """What follows from the checklist."""

    START = "start", "Laten starten"
    NO = "niet", "Niet laten starten"


class RejectReason(Word):
    """Why somebody does not start (L447-450)."""

    RED = "rood", "Minstens één keer rood"
    BOTH_NO = "twee_keer_niet", "Beide medewerkers zeggen niet"
    CHECKLIST = "checklist", "Beslissing na de checklist"


class MatchOutcome(Word):
    """How an acquaintance between two future housemates ended (L1002, L1031)."""

    MATCH = "match", "Match"
    AGAIN = "nog_eens", "Nog eens samenkomen"
    NO_MATCH = "geen_match", "Geen match"


class Attendee(Word):
    """Who sat at the table."""

    RESIDENT = "bewoner", "Bewoner"
    OTHER_RESIDENT = "andere_bewoner", "Andere bewoner"
    SUPPORTER = "begeleider", "Begeleider"
    OTHER_SUPPORTER = "andere_begeleider", "Begeleider van de andere bewoner"
    STAFF = "medewerker", "Medewerker"
    SECOND_STAFF = "tweede_medewerker", "Tweede medewerker"


class ReleaseReason(Word):
    """Why an offered place is given back."""

    REFUSED = "geweigerd", "Kandidaat weigert"
    DWELLING = "woning_niet_klaar", "Woning is niet klaar"
    CHANGED = "situatie_veranderd", "Situatie is veranderd"
    OTHER = "andere", "Andere"


class Paper(Word):
    """The pack of papers before the keys (L1126-1148)."""

    LEASE = "huurcontract", "Huurcontract"
    HOUSE_RULES = "huishoudelijk_reglement", "Huishoudelijk reglement"
    PRIVACY = "privacyverklaring", "Privacyverklaring"
    ENERGY = "energieovername", "Energieovernamedocument"
    FIRST_MONTH = "restmaand", "Berekening startmaand"
    WELCOME = "welkomstbundel", "Welkomstbundel"
    INVENTORY = "plaatsbeschrijving", "Plaatsbeschrijving"
    RULES_TALK = "afspraken_overlopen", "Afspraken en regels overlopen"
    EQUIPMENT = "inboedel", "Inboedellijst (kookvuur en koelkast)"
    SHARING = "afspraken_woningdelen", "Afspraken woningdelen"
    SUPPORT_CLAUSE = "begeleidingsclausule", "Begeleidingsclausule"
    NEIGHBOURS = "buren_verwittigd", "Buren verwittigd"


class Signer(Word):
    """Who signed a paper."""

    RESIDENT = "bewoner", "Bewoner"
    ORGANISATION = "organisatie", "Organisatie"
    TECHNICAL = "technisch_beheerder", "Technisch beheerder"
    SUPPORTER = "begeleider", "Begeleider"
    CO_SIGNER = "medeondertekenaar", "Ouder of voogd"


class AskedBy(Word):
    """Who asks to withdraw a referral."""

    YOUTH = "jongere", "De jongere"
    PARTNER = "partner", "De partner"


class PremiumChoice(Word):
    """When the installation premium is asked (L1165)."""

    NOW = "nu", "Nu aanvragen"
    LATER = "later", "Later, bij de volgende verhuis"
    NO = "neen", "Niet aanvragen"


class PremiumResult(Word):
    """What the public welfare office decided."""

    ASKED = "aangevraagd", "Aangevraagd"
    GRANTED = "toegekend", "Toegekend"
    REFUSED = "geweigerd", "Geweigerd"


class DepartureKind(Word):
    """Why somebody is suddenly gone (L1471)."""

    PRISON = "gevangenis", "Gevangenis"
    HOSPITAL = "opname", "Opname"
    GONE = "vertrokken", "Vertrokken zonder bericht"
    OTHER = "andere", "Andere"


class PostTo(Word):
    """Where the post goes while the resident is away."""

    SUPPORTER = "begeleider", "Naar de begeleider"
    PRISON = "gevangenis", "Naar de gevangenis"
    DWELLING = "woning", "Naar de woning"


class Cleaning(Word):
    """How the dwelling was left (L1429)."""

    OK = "ok", "In orde"
    COSTS = "kosten", "Kosten voor opruim of schade"


class Energy(Word):
    """The takeover of the energy contract."""

    DONE = "klaar", "In orde"
    NOT_APPLICABLE = "nvt", "Niet van toepassing"
    NO = "neen", "Nog niet in orde"


class Destination(Word):
    """Where residents move on to (L1436-1452)."""

    PRIVATE = "prive", "Private woning"
    SOCIAL = "sociaal_gewoon", "Sociale woning, gewone procedure"
    SOCIAL_FAST = "sociaal_versneld", "Sociale woning, versnelde toewijzing"
    NETWORK = "netwerk", "Eigen netwerk"
    GROUP = "groepswonen", "Groepswonen"
    HOTEL = "hotel", "Hotel"
    PRISON = "gevangenis", "Gevangenis"
    OTHER = "andere", "Andere"


class Durable(Word):
    """Is the destination a lasting one (L1454-1468)?"""

    YES = "ja", "Ja"
    NO = "neen", "Neen"
    TEMPORARY = "tijdelijk", "Tijdelijk"


class TalkKind(Word):
    """Kinds of follow-up talk."""

    FIRST = "eerste", "Eerste gesprek"
    QUARTERLY = "driemaandelijks", "Driemaandelijks gesprek"
    EXTRA = "extra", "Extra gesprek"


class HoldReason(Word):
    """Why something is paused."""

    PROMISE = "belofte_betaling", "Belofte van betaling"
    BENEFIT = "uitkering_vertraagd", "Uitkering vertraagd"
    WELFARE_OFFICE = "wacht_ocmw", "Wacht op het OCMW"
    CRISIS = "ziekte_crisis", "Ziekte of crisis"
    PRISON = "gevangenis", "Gevangenis"
    MISSING = "gegevens_ontbreken", "Gegevens ontbreken"
    LEGAL = "juridisch", "Juridische procedure"
    OTHER = "andere", "Andere"


class UncertainAnswer(Word):
    """What somebody found out about a mail that may not have left."""

    SENT = "verzonden", "Verzonden: hij staat in de verzonden map of kwam aan"
    AGAIN = "opnieuw", "Niet vertrokken: opnieuw sturen"


class ProofKind(Word):
    """Proof that belongs to a registered letter."""

    POSTING = "afgifte", "Bewijs van afgifte"
    RECEIPT = "ontvangst", "Bewijs van ontvangst"
    UNOPENED = "ongeopend", "Ongeopend teruggekeerd"


class Household(Word):
    """Who lives along (L1831-1839)."""

    ALONE = "alleenstaand", "Alleenstaand"
    COUPLE = "koppel", "Koppel"
    CHILDREN = "met_kinderen", "Met kinderen"


class AllocationStatus(Word):
    """The request for an accelerated social allocation (L1616-1622)."""

    ELIGIBLE = "kan_aanvragen", "Kan aanvragen"
    ASKED = "aangevraagd", "Aangevraagd"
    GRANTED = "toegekend", "Toegekend"
    REFUSED = "geweigerd", "Geweigerd"
    NOT_ELIGIBLE = "komt_niet_in_aanmerking", "Komt niet in aanmerking"


class EraseReason(Word):
    """Why a file is erased; a code without a person, for it stays readable."""

    TERM = "bewaartermijn", "De bewaartermijn is voorbij"
    WISH = "vraag_persoon", "De persoon vraagt het"
    MISTAKE = "onterecht", "De gegevens hadden hier niet mogen staan"


class RestrictReason(Word):
    """Why what is known of a person may only be kept, not used (GDPR 18)."""

    DISPUTED = "betwist", "De persoon betwist dat de gegevens juist zijn"
    OBJECTION = "bezwaar", "De persoon maakt bezwaar"
    CLAIM = "rechtsvordering", "De persoon heeft de gegevens nodig voor een rechtszaak"
