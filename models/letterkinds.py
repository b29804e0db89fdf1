"""What a letter is in the tables: its kind, and a row that says who gets it, how, with which facts."""

from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary import Channel, Role

BOTH = (Role.RESIDENT, Role.SUPPORTER)


class LetterKind(StrEnum):
    """Every letter and document; the value is the name of its template folder."""

    WAITLIST_CONFIRMATION = "waitlist_confirmation"
    SUPPORTER_GUIDE = "supporter_guide"
    INVITATION_ACQUAINTANCE = "invitation_acquaintance"
    INVITATION_INTAKE = "invitation_intake"
    INVITATION_MATCH = "invitation_match"
    INVITATION_TALK = "invitation_talk"
    INVITATION_EXIT = "invitation_exit"
    NOT_STARTED = "not_started"
    ALONE_STATUS = "alone_status"
    OPEN_ITEMS = "open_items"
    NEIGHBOURS = "neighbours"
    PREMIUM_INFO = "premium_info"
    DEPARTED = "departed"
    NOTICE_MAIL = "notice_mail"
    NOTICE_REGISTERED = "notice_registered"
    NOTICE_REMINDER = "notice_reminder"
    EXTENSION = "extension"
    RECOMMENDATION = "recommendation"
    PARTNER_AGREEMENT = "partner_agreement"
    REFERRAL_FORM = "referral_form"
    TARGET_CHECKLIST = "target_checklist"
    INTAKE_CHECKLIST = "intake_checklist"
    MATCH_GUIDE = "match_guide"
    SHARING_AGREEMENT = "sharing_agreement"
    RESIDENT_CHECKLIST = "resident_checklist"
    WELCOME = "welcome"
    LEASE = "lease"
    FIRST_MONTH = "first_month"
    INVENTORY = "inventory"
    HOUSE_RULES = "house_rules"
    PRIVACY = "privacy"
    SUPPORT_CLAUSE = "support_clause"
    ENERGY_TAKEOVER = "energy_takeover"
    ALLOWANCE_CHANGE = "allowance_change"
    DAY15_MESSAGE = "day15_message"
    REMINDER = "reminder"
    REPAYMENT_PLAN = "repayment_plan"
    FORMAL_NOTICE = "formal_notice"
    FUND_INFO = "fund_info"
    COURT_FILE = "court_file"
    CLUB_RESIDENT = "club_resident"
    CLUB_SUPPORTER = "club_supporter"
    POSTER = "poster"
    EXIT_FORM = "exit_form"
    VOLUNTEER_INTAKE = "volunteer_intake"
    VOLUNTEER_WELCOME = "volunteer_welcome"


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One kind of letter: Dutch name, receivers, channel, and the playbook lines behind it.

    `facts` is what the order tells the text, `maybe` what it tells only sometimes. `about_money`: who
    manages the resident's money gets it too (L1348-1352).
    """

    kind: LetterKind
    label: str
    to: tuple[Role, ...]
    channel: Channel
    lines: str
    facts: tuple[str, ...]
    maybe: tuple[str, ...] = ()
    alone: bool = False
    about_money: bool = False
