"""The part of docs/letters.md about the post: how a letter leaves, and the commands for it."""

from documentation.markdown import code, table
from models.vocabulary import LetterStatus

LEAVES = """\
    ordered ──► held for its moment ──► sent | refused | uncertain        (mail)
                  │                └──► to print ──► posted               (paper, registered)
                  └── recalled             └── recalled

The moment is the first nine o'clock of a working day at least thirty minutes after the order
(`send_hour` and `send_lead_minutes` of the programme); nothing leaves on a closed day, nor does a
mail whose server was away: it waits for the next working day. Until its moment,
and on paper until it is posted, `opstap post recall` holds a letter back. A notice that is held
back must be approved anew; the mail that went with it has left by then. A letter in the print
queue of which a correction changes the facts is held back too, and a task asks for the step
`write_again`: what was made for paper is proof, so the right one is a letter of its own. The same
is asked for a mail that was refused, once its address is mended; for one on its way to a mail
server that is away, of which a correction changes the facts; and for what a restriction held back,
once it is lifted. Who did post a letter that was taken out of the print queue notes that as always;
a task then asks to put it right.

A registered notice whose last safe day would be over by that moment is printed the same working
day, thirty minutes after the order, or at once where the day is over by then (`print_same_day`)."""

STATUSES = {
    LetterStatus.HELD: "waits for its moment; its words are fixed, its files not yet made",
    LetterStatus.SENT: "the mail server took every copy",
    LetterStatus.REFUSED: "the server said no (5xx), or “not now” (4xx) for "
    "`OPSTAP_POST_PATIENCE_HOURS` (48), or the letter could not be made: a task says why",
    LetterStatus.UNCERTAIN: "the body went out and no answer came: a person looks and answers, or "
    "the same mail goes once more after `resend_minutes`, where the letter says so",
    LetterStatus.TO_PRINT: "on paper or registered: printed, posted and noted by a person",
    LetterStatus.POSTED: "handed to the post; of a notice, that day starts the legal clock",
    LetterStatus.RECALLED: "held back; it never leaves",
}

COMMANDS = {
    "opstap post list [--status uncertain]": "what waits for paper, the first to post in front; "
    "or what stands elsewhere",
    "opstap post print --by WHO": "one PDF of all that is new, with a list in front; a letter that "
    "is named is printed again, as a duplicate",
    "opstap post posted ID LETTER --on DAY --barcode CODE --by WHO": "the date of posting; a "
    "barcode is 30 digits that begin with 010, or 13 characters whose check digit fits",
    "opstap post recall ID LETTER --by WHO": "hold back what has not left",
    "opstap post answer ID LETTER verzonden|opnieuw --by WHO": "an uncertain mail: it left, or it "
    "goes again with the same Message-ID",
    "opstap post proof ID LETTER SCAN --by WHO": "keep the scan of the receipt; the log has its "
    "hash",
    "opstap post test --to ADDRESS": "one mail through the server that was set up",
}

SERVER = """\
`opstap up` mails to a catcher on this machine alone. Real mail needs `OPSTAP_SMTP_HOST` and
`OPSTAP_SMTP_PORT`, `OPSTAP_SMTP_TLS=true`, and where the server asks for a login `OPSTAP_SMTP_USER`
with `OPSTAP_SMTP_PASSWORD_FILE` (or `OPSTAP_SMTP_PASSWORD`). At most
`OPSTAP_SMTP_LINES` mails (three) are under way to it at once. A server that is away, or that
refuses our login, is tried again every five minutes for as long as it takes; a server that
answers 4xx for one mail, until the patience above is over and it was tried for an hour at least."""

SEE = """\
`opstap up --demo` starts with one notice in the print queue, on a Sunday too: the clock of that
resident runs a day or more ahead, which only the demo's server can do. In a second terminal:

    opstap post list                            # 3-notice_registered, with its last safe day
    opstap post recall ID 3-notice_registered --by an
    opstap show ID                              # "Contract … tot DAY"
    opstap step ID approve_notice --field lease_end=DAY --by an
    opstap forward ID                           # a day on: it stands in the queue again
    opstap post print --by an
    opstap post posted ID 7-notice_registered --on TODAY --barcode RR123456785BE --by an
    opstap future ID                            # no alarm left; the reminder before the end"""


def post_sections() -> tuple[str, ...]:
    """Return the sections about the post."""
    return (
        "## How a letter leaves",
        LEAVES,
        table(
            ("Status", "Dutch name", "Meaning"),
            ((code(one.value), one.label, STATUSES[one]) for one in LetterStatus),
        ),
        "### Commands",
        table(("Command", "Does"), ((code(name), text) for name, text in COMMANDS.items())),
        "### The mail server",
        SERVER,
        "### See it",
        SEE,
    )
