"""The patient ladder on the pure core: each test reads like its sentence in the rules."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from models.calendar import day_of, is_working_day
from models.vocabulary import ArrearsStage, Debt, LetterStatus, Region, Stage
from tests.models.story import Story
from tests.models.world import ALL_FIVE, RENT, World, moment

MONTH = Decimal("382.00")  # two bedrooms alone: 135 + 95 + 90 + 5 + 50 + 7
MESSAGE, REMINDER = "day15_message", "reminder"


def renting(start: str = "2027-02-01", world: World | None = None, name: str = "a") -> Story:
    """Lives alone since the first of a month, and paid that month; rent is looked at."""
    shared = world or World()
    s = Story(f"trajectory-{name}", world=shared, rules=RENT).living(start)
    pay(s, s.state.account.balance(), start)
    return s


def load(s: Story, closes: str) -> None:
    """Load a statement up to a day; everybody whose look waits for it hears."""
    s.world.closes = date.fromisoformat(closes)
    for story in s.world.stories.values():
        if story.state.arrears.waiting is not None:
            story.now = s.now
            assert story.hear("statement_loaded", {"closes": closes}, f"loaded-{closes}") is None


def pay(s: Story, amount: Decimal | str, booked: str, movement: str | None = None) -> None:
    """The bank brings a payment."""
    movement = movement or f"m{len(s.t.facts)}"
    seen = {"movement": movement, "amount": str(amount), "booked": booked, "value": booked}
    assert s.hear("payment", seen, f"bank-{movement}") is None


def rung(s: Story) -> ArrearsStage:
    return s.state.arrears.stage


def sent(s: Story, kind: str) -> list[str]:
    return [f"{at:%Y-%m-%d %H:%M}" for one, at in s.sent if one == kind]


def late_on(s: Story, day: str, closes: str) -> Story:
    """Nothing was paid, and the bank's data reach a day."""
    s.until(moment(f"{day}T05:00"))
    load(s, closes)
    return s


# ---- the two looks of the month ----------------------------------------------------------------
def test_the_month_is_charged_once_and_due_before_the_tenth() -> None:
    s = renting().until("2027-03-05")
    (line,) = [x for x in s.state.account.lines if x.key == "charge:huur:2027-03"]
    assert (MONTH, date(2027, 3, 9)) == (line.amount, line.due_on)
    assert MONTH == sum(Decimal(part["amount"]) for part in line.lines)


def test_who_paid_has_no_look_and_gets_no_message() -> None:
    s = renting().until("2027-03-08")
    pay(s, s.state.account.balance(), "2027-03-08")
    s.until("2027-03-31")
    assert "check_15" not in s.kinds
    assert [] == sent(s, MESSAGE)


def test_who_is_late_gets_one_message_on_the_fifteenth_with_what_is_open() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12").until("2027-03-15")
    assert ["2027-03-15 09:00"] == sent(s, MESSAGE)
    assert {"amount": "382.00"} == s.order(MESSAGE).facts["pay"]
    assert ["resident", "supporter"] == [role.value for role in s.order(MESSAGE).to]
    assert ArrearsStage.MESSAGE is rung(s)


def test_a_part_that_was_paid_leaves_the_rest_in_the_message() -> None:
    s = renting().until("2027-03-08")
    pay(s, "100.00", "2027-03-08")
    late_on(s, "2027-03-15", "2027-03-12").until("2027-03-15")
    assert {"amount": "282.00"} == s.order(MESSAGE).facts["pay"]


def test_five_euro_is_not_asked_for() -> None:
    s = renting().until("2027-03-08")
    pay(s, MONTH - 5, "2027-03-08")
    late_on(s, "2027-03-15", "2027-03-12").until("2027-03-16")
    assert [] == sent(s, MESSAGE)


def test_nobody_is_accused_on_old_data_and_the_look_is_made_when_they_are_loaded() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-11").until("2027-03-16")
    assert [] == sent(s, MESSAGE)
    assert "load_statement" in s.tasks
    load(s, "2027-03-12")
    s.until("2027-03-17")
    assert ["2027-03-17 09:00"] == sent(s, MESSAGE)
    assert "load_statement" not in s.tasks


def test_new_data_that_bring_the_payment_bring_no_message() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-11").until("2027-03-16")
    pay(s, MONTH, "2027-03-12")
    load(s, "2027-03-15")
    assert [] == sent(s.until("2027-03-31"), MESSAGE)


def test_the_fifteenth_of_august_2027_is_a_sunday_and_a_holiday_the_message_leaves_on_monday() -> (
    None
):
    s = renting("2027-07-01")
    late_on(s, "2027-08-15", "2027-08-13").until("2027-08-15")
    assert "check_15" in s.kinds, "the look is on the calendar day"
    assert [] == sent(s, MESSAGE)
    assert ["2027-08-16 09:00"] == sent(s.until("2027-08-16"), MESSAGE)
    assert "2027-08-20" == s.due_on("check_20")


def test_in_may_2027_five_days_hold_two_working_days_and_the_second_look_slips() -> None:
    s = renting("2027-04-01")
    late_on(s, "2027-05-15", "2027-05-14").until("2027-05-18")
    assert ["2027-05-18 09:00"] == sent(s, MESSAGE), "Saturday, Sunday and Whit Monday lie between"
    assert "2027-05-21" == s.due_on("check_20"), "three days after it really left"


def test_a_payment_on_the_seventeenth_ends_it_and_keeps_no_grudge() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12").until("2027-03-17")
    pay(s, MONTH, "2027-03-17")
    assert ArrearsStage.IN_ORDER is rung(s)
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-31")
    assert not {"check_20", "approve_reminder"} & {*s.kinds, *s.tasks}
    assert None is s.due("check_20")


def test_a_payment_before_the_message_left_holds_it_back() -> None:
    s = renting("2027-07-01")
    late_on(s, "2027-08-15", "2027-08-13").until("2027-08-15")
    pay(s, MONTH, "2027-08-15")
    assert [] == sent(s.until("2027-08-31"), MESSAGE)
    assert [MESSAGE] == s.letters(LetterStatus.RECALLED)


def test_a_message_can_be_unticked_until_it_leaves() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    s.until(moment("2027-03-15T08:59")).do("skip_message", reason="betaalde aan de balie")
    assert [] == sent(s.until("2027-03-31"), MESSAGE)
    assert ArrearsStage.IN_ORDER is rung(s)


def test_a_reversal_after_the_twentieth_reopens_the_month_until_the_next_look() -> None:
    s = renting().until("2027-03-08")
    pay(s, MONTH, "2027-03-08", "m1")
    s.until("2027-03-22")
    back = {"movement": "r1", "reverses": "m1", "amount": str(MONTH)}
    assert None is s.hear(
        "payment_reversed", {**back, "booked": "2027-03-22", "value": "2027-03-22"}, "bank-r1"
    )
    assert MONTH == s.state.account.balance(Debt.RENT)
    assert date(2027, 3, 9) == s.state.account.since(date(2027, 3, 23)), "the age of the debt"
    assert "reversed:r1" in s.tasks
    late_on(s, "2027-04-14", "2027-04-14")
    assert [] == sent(s, MESSAGE)
    assert ["2027-04-15 09:00"] == sent(s.until("2027-04-15"), MESSAGE)


def test_a_payment_that_was_there_in_time_after_all_says_so() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12").until("2027-03-16")
    pay(s, MONTH, "2027-03-10")
    assert "het bericht over de betaling was ten onrechte" in s.flags
    assert "wrongly_asked" in s.tasks


def housemates() -> tuple[Story, Story]:
    """Two residents of one shared dwelling; the second came in the middle of February."""
    world = World()
    a = Story("a", world=world, rules=RENT).living(living="delen", place="d8-1")
    b = Story("b", a.now, world, rules=RENT).eligible(living="delen")
    b.do("call_up", to="intake", at="2027-02-08T10:00", place="kantoor")
    b.days(7).verdicts("start", "start")
    a.until(b.now)
    b.do("plan_match_talk", other="a", at="2027-02-10T14:00")
    a.until("2027-02-10")
    b.until("2027-02-10")
    talk = {"held_on": "2027-02-10", "present": ALL_FIVE, "outcome": "match"}
    a.do("record_match_talk", **talk)
    b.do("offer_place", place="d8-2", start_on="2027-02-15", lease_end="2028-02-14")
    b.papers().until(moment("2027-02-15T09:30"))
    b.keys()
    a.until(b.now)
    return a, b


def test_two_late_housemates_are_two_private_cases() -> None:
    one, other = housemates()
    for s in (one, other):
        pay(s, s.state.account.balance(), "2027-02-15")
        late_on(s, "2027-03-15", "2027-03-12").until("2027-03-16")
    for s, them in ((one, other), (other, one)):
        assert ["2027-03-15 09:00"] == sent(s, MESSAGE)
        told = s.order(MESSAGE).model_dump(mode="json")
        assert not {them.t.id, "d8"} & {str(value) for value in told["facts"].values()}
        assert {"checked_on", "pay"} == set(told["facts"]), "nothing of anybody else"


# ---- a human hand on every rung above ----------------------------------------------------------
def reminded(s: Story | None = None) -> Story:
    """Late in March, nothing paid: the reminder left on Monday the 22nd."""
    s = late_on(s or renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    s.do("approve_reminder", amount=str(MONTH))
    s.until(moment("2027-03-22T08:00"))
    s.do("send_reminder")
    return s.until("2027-03-22")


def test_after_the_second_look_a_reminder_waits_for_the_bookkeeper_then_the_coordinator() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    assert "approve_reminder" in s.tasks
    assert "not_approved" == s.refused("send_reminder").code
    assert "amount" == s.refused("approve_reminder", amount="12,00").code
    s.until("2027-06-01")
    assert [] == sent(s, REMINDER), "no day sends it"
    assert ArrearsStage.MESSAGE is rung(s)


def test_the_reminder_counts_from_the_day_it_really_left() -> None:
    s = reminded()
    assert ["2027-03-22 09:00"] == sent(s, REMINDER)
    assert ArrearsStage.REMINDER is rung(s)
    assert date(2027, 4, 6) == s.state.arrears.formal_from, "received the day after, then 14 days"


def test_a_reminder_is_not_sent_to_who_paid_meanwhile() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    s.do("approve_reminder", amount=str(MONTH))
    pay(s, MONTH, "2027-03-20")
    assert "wrong_rung" == s.refused("send_reminder").code


def talked(s: Story, outcome: str = "geen", **given: str) -> Story:
    held = day_of(s.now).isoformat()
    s.do(
        "record_arrears_talk",
        held_on=held,
        present=["bewoner"],
        cause="inkomen_te_laat",
        outcome=outcome,
        **given,
    )
    return s


def test_a_registered_letter_needs_an_agreement_that_was_broken() -> None:
    s = talked(reminded(), "belofte", promised_on="2027-04-01")
    s.until("2027-04-05")
    assert "not_broken" == s.refused("order_registered", reason="geen antwoord").code
    assert ArrearsStage.TALK is rung(s.until("2027-04-07"))
    assert "agreement_broken" in s.tasks
    s.do("order_registered", reason="belofte niet nagekomen")
    assert ArrearsStage.TALK is rung(s), "only posting climbs"
    s.until("2027-04-09")
    key = s.order("formal_notice").key
    assert "barcode_missing" == s.refused("post_letter", letter=key, posted_on="2027-04-09").code
    s.do("post_letter", letter=key, posted_on="2027-04-09", barcodes=["RR123456785BE"])
    assert ArrearsStage.REGISTERED is rung(s)


def test_a_registered_letter_waits_for_the_fourteen_days_of_the_reminder() -> None:
    s = talked(reminded(), "onbereikbaar", reason="neemt niet op")
    s.until("2027-04-05")
    assert "too_early" == s.refused("order_registered", reason="geen antwoord").code
    s.until(moment("2027-04-06T10:00"))
    s.do("order_registered", reason="geen antwoord")


def registered() -> Story:
    s = talked(reminded(), "onbereikbaar", reason="neemt niet op").until("2027-04-06")
    s.do("order_registered", reason="geen antwoord")
    s.until("2027-04-08")
    letter = s.order("formal_notice").key
    s.do("post_letter", letter=letter, posted_on="2027-04-08", barcodes=["RR123456785BE"])
    return s


def test_court_comes_after_the_fund_the_welfare_office_and_a_conciliation_and_by_two() -> None:
    s = registered()
    ask = {"asked_on": "2027-05-10", "why_no_agreement": "geen antwoord meer"}
    s.until("2027-05-10")
    load(s, "2027-05-10")
    assert "fund_first" == s.refused("ask_conciliation", **ask).code
    s.do("give_fund_info", given_on="2027-05-10")
    assert ArrearsStage.FUND is rung(s)
    assert "welfare_first" == s.refused("ask_conciliation", **ask).code
    s.do("note_welfare_help", status="loopt", since="2027-05-10", warned_on="2027-05-10")
    s.until("2027-05-30")
    assert "welfare_helps" == s.refused("ask_conciliation", **ask).code
    s.do("note_welfare_help", status="stopgezet", since="2027-05-30")
    s.until("2027-06-12")
    assert "welfare_first" == s.refused("ask_conciliation", **ask).code, "two weeks to solve it"
    s.until("2027-06-13")
    assert "second_missing" == s.refused("ask_conciliation", second=None, **ask).code
    s.do("ask_conciliation", **ask)
    assert ArrearsStage.CONCILIATION is rung(s)
    filed = {"filed_on": "2027-06-13"}
    assert "conciliation_first" == s.refused("go_to_court", **filed).code
    s.do("record_conciliation", on="2027-06-13", outcome="geen")
    assert "second_missing" == s.refused("go_to_court", second=None, **filed).code
    s.do("go_to_court", **filed)
    assert ArrearsStage.COURT is rung(s)
    assert 2 == s.letters().count("court_file")


def test_a_payment_brings_anybody_back_from_any_rung() -> None:
    s = registered().until("2027-04-14")
    pay(s, s.state.account.balance(), "2027-04-14")
    assert ArrearsStage.IN_ORDER is rung(s)
    assert "weer in orde, van 'aangetekend schrijven'" in s.flags


def test_nothing_ever_adds_a_cost() -> None:
    s = registered().until("2027-09-01")
    charged = [line.key for line in s.state.account.lines if line.amount > 0]
    assert [f"charge:huur:2027-{month:02}" for month in range(2, 10)] == charged


# ---- pauses ------------------------------------------------------------------------------------
def test_a_pause_on_payments_holds_the_looks_and_its_end_does_not_fire_what_was_missed() -> None:
    s = renting().until("2027-03-10")
    s.do("hold", region="betaling", reason="wacht_ocmw", until="2027-04-20", owner="an")
    late_on(s, "2027-04-15", "2027-04-14").until("2027-04-30")
    assert [] == sent(s, MESSAGE)
    assert "check_15" not in s.kinds
    assert "2027-05-15" == s.due_on("check_15")


def test_a_pause_until_a_promised_payment_ends_with_the_payment() -> None:
    s = renting().until("2027-03-10")
    s.do("hold", region="betaling", reason="belofte_betaling", until="2027-03-31", owner="an")
    pay(s, MONTH, "2027-03-12")
    assert Region.PAYMENT not in s.state.holds


def test_prison_during_a_plan_pauses_payments_and_the_plan_is_not_broken() -> None:
    s = reminded()
    s.do(
        "agree_plan",
        signed_on="2027-03-22",
        lines=[{"due": "2027-04-30", "amount": "191"}, {"due": "2027-05-31", "amount": "191"}],
    )
    s.do(
        "report_departure",
        since="2027-03-22",
        kind="gevangenis",
        post_to="begeleider",
        clears="begeleider",
        clear_by="2027-04-30",
    )
    late_on(s, "2027-05-15", "2027-05-14").until("2027-05-18")
    assert s.state.account.plan is not None
    assert s.state.account.plan.kept
    assert ["2027-03-15 09:00"] == sent(s, MESSAGE), "nothing since"


# ---- plans -------------------------------------------------------------------------------------
def test_a_plan_adds_up_to_what_is_open_or_is_refused_with_both_amounts() -> None:
    s = reminded()
    plan = {"signed_on": "2027-03-22", "lines": [{"due": "2027-05-10", "amount": "300"}]}
    refusal = s.refused("agree_plan", **plan)
    assert "plan_sum" == refusal.code
    assert "€ 300,00" in refusal.text
    assert "€ 382,00" in refusal.text


def planned() -> Story:
    s = reminded()
    s.do(
        "agree_plan",
        signed_on="2027-03-22",
        lines=[{"due": "2027-05-05", "amount": "182"}, {"due": "2027-06-05", "amount": "200"}],
    )
    return s


def test_who_keeps_a_plan_is_not_late() -> None:
    s = planned().until("2027-04-05")
    pay(s, MONTH, "2027-04-05")
    assert ArrearsStage.IN_ORDER is rung(s)
    s.until("2027-05-05")
    pay(s, MONTH + 182, "2027-05-05")
    s.until("2027-06-05")
    pay(s, MONTH + 200, "2027-06-05")
    assert None is s.state.account.plan, "all is paid"
    assert ["2027-03-15 09:00"] == sent(s, MESSAGE)


@pytest.mark.parametrize(("paid_on", "kept"), [("2027-05-14", True), (None, False)])
def test_a_plan_is_looked_at_in_the_run_of_the_fifteenth(
    paid_on: str | None, *, kept: bool
) -> None:
    s = planned().until("2027-04-05")
    pay(s, MONTH, "2027-04-05")
    if paid_on is not None:
        s.until(paid_on)
        pay(s, MONTH + 182, paid_on)
    late_on(s, "2027-05-15", "2027-05-14").until("2027-05-20")
    plan = s.state.account.plan
    assert plan is not None
    assert kept is plan.kept
    assert kept is ("agreement_broken" not in s.tasks)


def test_an_ex_resident_keeps_the_plan_and_is_looked_at_until_nothing_is_open() -> None:
    s = planned()
    s.do("plan_exit", leaves_on="2027-04-30", exit_talk_at="2027-04-29T10:00", agreed_reason="ja")
    s.until("2027-04-30")
    s.do(
        "complete_exit",
        left_on="2027-04-30",
        talk_on="2027-04-29",
        keys_returned=2,
        cleaning="ok",
        energy="nvt",
        destination="prive",
        durable="ja",
    )
    assert Stage.AFTERCARE is s.stage
    assert 2 * MONTH == s.state.account.balance()
    late_on(s, "2027-05-15", "2027-05-14").until("2027-05-18")
    assert 2 == len(sent(s, MESSAGE)), "the run of the fifteenth goes on after the exit"
    pay(s, 2 * MONTH, "2027-05-18")
    assert "close_file" in s.tasks
    s.do("close_file", settled_on="2027-05-18")
    assert Stage.CLOSED is s.stage


def test_who_leaves_in_the_middle_of_a_month_pays_until_that_day() -> None:
    s = renting()
    s.do("plan_exit", leaves_on="2027-04-15", exit_talk_at="2027-04-14T10:00", agreed_reason="ja")
    s.until("2027-04-20")
    s.do(
        "complete_exit",
        left_on="2027-04-10",
        no_talk_reason="weg",
        keys_returned=2,
        cleaning="ok",
        energy="nvt",
        destination="netwerk",
        durable="ja",
    )
    april = [
        x.amount for x in s.state.account.lines if "charge:huur:2027-04" in {x.key, x.counters}
    ]
    assert Decimal("127.33") == sum(april), "ten of thirty days of € 382"


def test_two_people_let_a_debt_go_and_the_ledger_shows_it() -> None:
    s = renting()
    s.do("charge_cost", debt="schade", amount="85", due_on="2027-03-01", what="nieuw slot")
    s.do("plan_exit", leaves_on="2027-02-28", exit_talk_at="2027-02-26T10:00", agreed_reason="ja")
    s.until("2027-02-28")
    s.do(
        "complete_exit",
        left_on="2027-02-28",
        no_talk_reason="weg",
        keys_returned=2,
        cleaning="ok",
        energy="nvt",
        destination="netwerk",
        durable="ja",
    )
    assert "amount" == s.refused("write_off", amount="80", reason="klein").code
    s.do("write_off", amount="85", reason="geen inkomen")
    assert Decimal(0) == s.state.account.balance()
    assert "kwijtschelding" == s.state.account.lines[-1].kind


def test_every_message_of_three_years_leaves_on_a_working_day() -> None:
    s = renting()
    for _ in range(30):
        s.world.closes = day_of(s.now) + timedelta(days=40)
        s.days(25)
    days = [day for kind, day in s.sent if kind == MESSAGE]
    assert len(days) > 10
    assert all(is_working_day(day_of(at), RENT.closed) for at in days)
    assert len({(at.year, at.month) for at in days}) == len(days), "one a month"
