"""The deadlines of the rent: the charge of every month, the two looks, and nudges to staff."""

from models import arrears, charging, due_rent
from models.letters import LetterKind
from models.timed import DeadlineRow, row
from models.vocabulary import HOUSED, OWING, Region

ROWS: tuple[DeadlineRow, ...] = (
    row(
        name="charge",
        text="De huur van {month} wordt aangerekend.",
        stages=HOUSED,
        when=due_rent.charge,
        rules=(49, 52, 57),
        then=charging.charge_month,
        region=Region.MAIN,
        always=True,
        runs_on=True,
    ),
    row(
        name="check_15",
        text="Betalingen nakijken: wie te laat is, krijgt een bericht.",
        stages=OWING,
        when=due_rent.first_look,
        rules=(58, 59, 64),
        then=arrears.check,
        region=Region.PAYMENT,
        letter=LetterKind.DAY15_MESSAGE,
        always=True,
    ),
    row(
        name="check_20",
        text="Opnieuw nakijken: wat nog open staat, gaat naar de boekhouding.",
        stages=OWING,
        when=due_rent.second_look,
        rules=(60, 61),
        then=arrears.check,
        region=Region.PAYMENT,
        always=True,
    ),
    row(
        name="reminder_waits",
        text="De herinnering wacht sinds {since}: nakijken of versturen.",
        stages=OWING,
        when=due_rent.reminder_waits,
        rules=(61, 62),
        region=Region.PAYMENT,
    ),
    row(
        name="promise",
        text="De beloofde betaling van {on} moest er zijn.",
        stages=OWING,
        when=due_rent.promise,
        rules=(63,),
        then=arrears.check,
        region=Region.PAYMENT,
    ),
    row(
        name="arrears_nag",
        text="Al {days} dagen op '{stage}': overleg wat nu helpt.",
        stages=OWING,
        when=due_rent.nag,
        rules=(67, 68),
        region=Region.PAYMENT,
    ),
)
