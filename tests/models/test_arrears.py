"""The two looks of the month: each test reads like its sentence in the rules."""

from datetime import date
from decimal import Decimal

from models.vocabulary import ArrearsStage, Debt, LetterStatus, Region
from tests.models.renting import MESSAGE, MONTH, late_on, load, pay, reminded, renting, rung, sent
from tests.models.story import Story
from tests.models.world import ALL_FIVE, RENT, World, moment


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


def test_who_manages_the_money_gets_the_message_too_and_nothing_else() -> None:
    s = renting()
    s.do("note_administrator", administrator="advocaat-maes", since="2027-02-01")
    late_on(s, "2027-03-15", "2027-03-12").until("2027-03-15")
    order = s.order(MESSAGE)
    assert ["resident", "supporter", "bewindvoerder"] == [role.value for role in order.to]
    assert "advocaat-maes" == order.administrator
    s.do("note_administrator", since="2027-03-15")
    s.do("plan_talk", at="2027-04-20T10:00")
    assert "bewindvoerder" not in [role.value for role in s.order("invitation_talk").to]


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


def test_a_message_that_may_have_left_counts_from_the_day_somebody_knows_it_did() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12").until(moment("2027-03-15T08:00"))
    key = s.order(MESSAGE).key
    s.t.observe("letter_uncertain", {"key": key}, s.now)
    s.settle()
    s.until("2027-03-17")
    assert ArrearsStage.IN_ORDER is rung(s)
    s.do("answer_uncertain", letter=key, answer="verzonden")
    assert ArrearsStage.MESSAGE is rung(s)
    assert "2027-03-20" == s.due_on("check_20")


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


# ---- pauses ------------------------------------------------------------------------------------
def test_a_pause_on_payments_holds_the_looks_and_its_end_does_not_fire_what_was_missed() -> None:
    s = renting().until("2027-03-10")
    s.do("hold", region="betaling", reason="wacht_ocmw", until="2027-04-20", owner="an")
    late_on(s, "2027-04-15", "2027-04-14").until("2027-04-30")
    assert [] == sent(s, MESSAGE)
    assert "check_15" not in s.kinds
    assert "2027-05-15" == s.due_on("check_15")


def test_who_returns_is_not_looked_at_for_the_months_away() -> None:
    s = renting().until("2027-03-10")
    s.do(
        "report_departure",
        since="2027-03-10",
        kind="gevangenis",
        post_to="begeleider",
        clears="begeleider",
        clear_by="2027-04-30",
    )
    s.until("2027-04-20")
    s.do("resident_returns", on="2027-04-20")
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
