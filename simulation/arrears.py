"""How staff go up the patient ladder with somebody: reminder, talk, plan, and rarely further."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from models.arrears import overdue
from models.calendar import add_months
from models.facts import Json
from models.vocabulary import ArrearsStage, ConciliationOutcome, LetterStatus, TalkOutcome
from simulation.acts import Act, Scene, Wish
from simulation.people import AN, CIS, EVA

CENT = Decimal("0.01")
WITH_CIS = "cis:manager"


def arrears(scene: Scene) -> Iterator[Wish]:
    """Yield what somebody does next about the rent."""
    known, today = scene.s.arrears, scene.today
    open_tasks = {task.key for task in scene.s.open_tasks}
    if "approve_reminder" in open_tasks:
        yield Wish(today, f"nakijken {known.drafted_on}", _approve)
    elif known.approved_on is not None and known.reminder is None:
        yield Wish(today, f"herinneren {known.approved_on}", _remind)
    if "make_plan" in open_tasks:
        yield Wish(today, f"plan {known.talk_on} {known.conciliation_on}", _plan)
    elif known.stage is ArrearsStage.REMINDER and known.since is not None:
        yield Wish(known.since + timedelta(days=9), f"gesprek {known.since}", _talk)
    elif known.stage is ArrearsStage.TALK:
        yield from _registered(scene)
    elif known.stage in {ArrearsStage.REGISTERED, ArrearsStage.FUND}:
        yield from _to_the_justice(scene)
    elif known.stage is ArrearsStage.CONCILIATION:
        yield from _conciliation(scene)
    elif known.stage is ArrearsStage.COURT and known.judgment is None and known.since is not None:
        yield Wish(known.since + timedelta(days=40), f"vonnis {known.since}", _judgment)


def _registered(scene: Scene) -> Iterator[Wish]:
    known, today = scene.s.arrears, scene.today
    letter = scene.s.letters.get(known.registered or "")
    if letter is not None and letter.status is LetterStatus.TO_PRINT:
        yield Wish(today, f"posten {letter.order.key}", _post)
    elif letter is None and known.broken and known.formal_from is not None:
        since = known.broken_on or known.talk_on or today
        day = max(known.formal_from, since + timedelta(days=4))
        yield Wish(day, f"aangetekend {since}", _register)


def _to_the_justice(scene: Scene) -> Iterator[Wish]:
    known = scene.s.arrears
    assert known.since is not None, "a rung has its day"
    if known.fund_on is None:
        yield Wish(known.since + timedelta(days=6), f"fonds {known.since}", _fund)
    elif known.warned_on is None:
        yield Wish(known.since + timedelta(days=9), f"ocmw {known.since}", _welfare)
    else:
        day = known.warned_on + timedelta(days=scene.rules.welfare_warning_days + 1)
        yield Wish(day, f"verzoening {known.since}", _conciliate)


def _conciliation(scene: Scene) -> Iterator[Wish]:
    known = scene.s.arrears
    assert known.since is not None, "a rung has its day"
    if known.conciliation is None:
        yield Wish(known.since + timedelta(days=20), f"uitkomst {known.since}", _outcome)
    elif known.conciliation is not ConciliationOutcome.AGREED:
        yield Wish(known.since + timedelta(days=35), f"rechter {known.since}", _court)


# ---- the steps themselves ----------------------------------------------------------------------
def _approve(scene: Scene) -> Act:
    amount = overdue(scene.s, scene.rules, scene.today)
    return Act("approve_reminder", {"amount": f"{amount:.2f}"}, EVA)


def _remind(scene: Scene) -> Act:
    return Act("send_reminder", {})


def _talk(scene: Scene) -> Act:
    outcome = (TalkOutcome.PLAN, TalkOutcome.PLAN, TalkOutcome.PROMISE, TalkOutcome.UNREACHABLE)[
        scene.person.draw(f"gesprek {scene.today}", 4)
    ]
    data: Json = {
        "held_on": scene.today.isoformat(),
        "present": ["bewoner", "begeleider", "medewerker"],
        "cause": ("inkomen_te_laat", "andere_kosten")[scene.person.draw("oorzaak", 2)],
        "outcome": outcome.value,
    }
    if outcome is TalkOutcome.PROMISE:
        data["promised_on"] = scene.in_days(10).isoformat()
    elif outcome is TalkOutcome.UNREACHABLE:
        data["reason"] = "neemt niet op en was niet thuis"
    return Act("record_arrears_talk", data)


def _plan(scene: Scene) -> Act:
    """Three payments, a month apart, of all that is late."""
    lines: list[Json] = []
    late: dict[str, Decimal] = {}
    for item in scene.s.account.open_items(with_plan=False):
        if item.due_on < scene.today:
            late[item.debt.value] = late.get(item.debt.value, Decimal(0)) + item.amount
    for debt, amount in sorted(late.items()):
        part = (amount / 3).quantize(CENT)
        for number, share in enumerate((part, part, amount - 2 * part), 1):
            due = add_months(scene.today, number).isoformat()
            lines.append({"due": due, "amount": f"{share:.2f}", "debt": debt})
    return Act("agree_plan", {"lines": lines, "signed_on": scene.today.isoformat()})


def _register(scene: Scene) -> Act:
    return Act("order_registered", {"reason": "de afspraak is niet nagekomen"})


def _post(scene: Scene) -> Act:
    number = f"{scene.person.draw('barcode', 10**9):023}"
    data = {
        "letter": scene.s.arrears.registered,
        "posted_on": scene.today.isoformat(),
        "barcodes": [f"0105412{number}"],
    }
    return Act("post_letter", data)


def _fund(scene: Scene) -> Act:
    return Act("give_fund_info", {"given_on": scene.today.isoformat()})


def _welfare(scene: Scene) -> Act:
    today = scene.today.isoformat()
    return Act("note_welfare_help", {"status": "geweigerd", "since": today, "warned_on": today})


def _conciliate(scene: Scene) -> Act:
    data = {"asked_on": scene.today.isoformat(), "why_no_agreement": "er komt geen antwoord meer"}
    # The first time somebody tries alone, and hears that it takes two.
    first = not scene.person.refused[f"verzoening {scene.s.arrears.since}"]
    return Act("ask_conciliation", data, AN, None if first else WITH_CIS)


def _outcome(scene: Scene) -> Act:
    came = ("akkoord", "geen", "afwezig")[scene.person.draw("verzoening", 3)]
    return Act("record_conciliation", {"on": scene.today.isoformat(), "outcome": came})


def _court(scene: Scene) -> Act:
    return Act("go_to_court", {"filed_on": scene.today.isoformat()}, AN, WITH_CIS)


def _judgment(scene: Scene) -> Act:
    data = {"on": scene.today.isoformat(), "outcome": "betalen in zes maanden"}
    return Act("record_judgment", data, CIS)
