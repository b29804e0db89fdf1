"""The lease and its end: notice by the safe day, alarm until posted, reminder, one extension."""

from datetime import date

import pytest

from models.calendar import day_of
from models.contract import safe_day
from models.vocabulary import Channel, ContractStage, LetterStatus, Role, Stage
from tests.models.story import Story
from tests.models.world import RULES, World, good_dwelling

CODES = ["RR123456785BE", "010541200000000000000000000001"]


def running() -> Story:
    """A lease from 2027-02-01 to 2028-01-31 with its first talk behind it."""
    s = Story().living().until("2027-02-22")
    s.talk(insurance_until="2028-03-01", energy="klaar")
    s.do("register_lease", on="2027-02-22")
    return s


def approved() -> Story:
    s = running().until("2027-10-01")
    s.do("approve_notice", lease_end="2028-01-31")
    return s


# ---- the notice (#88) ---------------------------------------------------------------------------
def test_the_chain_of_the_notice_hangs_on_the_last_safe_posting_day() -> None:
    s = running()
    assert date(2027, 10, 26) == safe_day(date(2028, 1, 31), RULES)
    assert ("2027-09-28", "2027-10-12", "2027-10-19", "2028-02-01") == (
        s.due_on("notice_prepare"),
        s.due_on("notice_aim"),
        s.due_on("notice_alarm"),
        s.due_on("lease_ended"),
    )
    assert {d.hard for d in s.t.future() if d.name.startswith("notice")} == {True}


def test_an_approved_notice_goes_by_mail_and_to_the_print_queue_as_registered_letter() -> None:
    s = approved()
    for kind, channel in (("notice_mail", Channel.MAIL), ("notice_registered", Channel.REGISTERED)):
        assert (channel, [Role.RESIDENT, Role.SUPPORTER], "an") == (
            s.order(kind).channel,
            s.order(kind).to,
            s.order(kind).approved_by,
        )
    assert "2027-10-26" == s.order("notice_registered").facts["safe_post_by"]
    task = s.state.tasks["notice_post"]
    assert (date(2027, 10, 26), True) == (task.due, task.hard)
    s.until("2027-10-04")
    assert LetterStatus.SENT is s.letter("notice_mail").status
    assert LetterStatus.TO_PRINT is s.letter("notice_registered").status


def test_the_end_of_the_lease_is_confirmed_by_hand() -> None:
    refusal = running().refused("approve_notice", lease_end="2028-02-29")
    assert "Het contract loopt tot 31/1/2028; u bevestigde 29/2/2028." == refusal.text
    assert ("contract", 88) == (
        approved().refused("approve_notice", lease_end="2028-01-31").code,
        approved().refused("approve_notice", lease_end="2028-01-31").rule,
    )


def test_a_posted_notice_stops_the_alarm_and_moves_to_opzeg() -> None:
    s = approved().until("2027-10-20")
    assert {"notice_alarm:coordinator", "notice_alarm:manager"} <= set(s.tasks)
    s.do("record_posting", posted_on="2027-10-20", barcodes=CODES)
    assert (Stage.NOTICE, ContractStage.POSTED, []) == (
        s.stage,
        s.state.contract,
        [key for key in s.tasks if key.startswith("notice")],
    )
    assert LetterStatus.POSTED is s.letter("notice_registered").status
    assert s.due("notice_alarm") is None


def test_the_alarm_rings_every_working_day_until_the_notice_is_posted() -> None:
    s = running().until("2027-11-03")
    rung = [o.recorded_at[:10] for o in s.outcomes if o.kind == "notice_alarm"]
    assert [
        "2027-10-19",
        "2027-10-20",
        "2027-10-21",
        "2027-10-22",
        "2027-10-25",
        "2027-10-26",
        "2027-10-27",
        "2027-10-28",
        "2027-10-29",
        "2027-11-02",  # All Saints is closed
        "2027-11-03",
    ] == rung


def test_a_late_posting_is_recorded_flagged_and_given_to_the_manager() -> None:
    s = approved().until("2027-10-27")
    late = {"posted_on": "2027-10-27", "barcodes": CODES}
    refusal = s.refused("record_posting", **late)
    assert ("late_reason", 88) == (refusal.code, refusal.rule)
    assert (
        refusal.text == "De laatste veilige dag was 26/10/2027: noteer ook waarom het later werd."
    )
    s.do("record_posting", **late, late_reason="staking")
    assert (Stage.NOTICE, True) == (s.stage, s.state.notice.late)
    assert "opzeg te laat gepost: staking" in s.flags
    assert (Role.MANAGER, True) == (
        s.state.tasks["notice_late"].whom,
        s.state.tasks["notice_late"].hard,
    )


def test_only_an_approved_notice_is_posted() -> None:
    refusal = running().refused("record_posting", posted_on="2027-02-22", barcodes=CODES)
    assert "De opzegbrief is niet goedgekeurd; het contract staat op 'loopt'." == refusal.text


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        (["RR12345678BE"], "is geen barcode van een aangetekende brief"),
        (["RR123456784BE"], "klopt niet: het controlecijfer past niet"),
        (["RR123456785BE", "rr 123456785 be"], "dezelfde barcode staat er twee keer"),
        ([], "Barcodes (barcodes): kies er minstens 1."),
    ],
)
def test_a_barcode_has_the_form_of_the_post(codes: list[str], why: str) -> None:
    assert why in approved().refused("record_posting", posted_on="2027-10-01", barcodes=codes).text


def test_the_posting_of_a_resident_who_is_gone_leaves_the_stage() -> None:
    s = approved()
    s.do(
        "report_departure",
        since="2027-10-01",
        kind="gevangenis",
        post_to="begeleider",
        clears="begeleider",
        clear_by="2027-11-01",
    )
    s.do("record_posting", posted_on="2027-10-01", barcodes=CODES)
    assert (Stage.DEPARTED, ContractStage.POSTED) == (s.stage, s.state.contract)
    s.days(3).do("resident_returns", on="2027-10-04")
    assert Stage.NOTICE is s.stage


def test_proof_is_kept_with_the_notice() -> None:
    s = approved()
    s.do("record_posting", posted_on="2027-10-01", barcodes=CODES)
    s.do("attach_proof", kind="afgifte", file="bewijs.pdf")
    assert ["afgifte:bewijs.pdf"] == s.state.notice.proofs


# ---- the reminder (#89) -------------------------------------------------------------------------
def test_the_reminder_leaves_by_itself_a_month_before_the_end() -> None:
    s = approved()
    s.do("record_posting", posted_on="2027-10-01", barcodes=CODES)
    s.until("2028-01-05")
    letter = s.letter("notice_reminder")
    assert (ContractStage.REMINDED, LetterStatus.SENT) == (s.state.contract, letter.status)
    assert "2027-12-31T09:00" == f"{letter.order.send_at:%Y-%m-%dT%H:%M}"
    assert letter.order.approved_by is None


def test_without_a_posted_notice_there_is_no_reminder() -> None:
    s = approved().until("2028-01-05")
    assert "notice_reminder" not in s.letters()


def test_who_stays_after_the_lease_is_a_hard_task_the_next_morning() -> None:
    s = approved()
    s.do("record_posting", posted_on="2027-10-01", barcodes=CODES)
    assert "lease_ended" not in s.until("2028-01-31").tasks
    assert s.until("2028-02-01").state.tasks["lease_ended"].hard


# ---- one extension (#46, #90) -------------------------------------------------------------------
EXTEND = {"new_end": "2028-07-31", "signed_on": "2027-10-01", "reason": "woning klaar in de zomer"}


def test_an_extension_arms_the_chain_anew_from_the_new_end() -> None:
    s = approved()
    s.do("record_posting", posted_on="2027-10-01", barcodes=CODES)
    s.do("extend_lease", **EXTEND)
    assert (Stage.LIVING, ContractStage.RUNNING, "2028-07-31") == (
        s.stage,
        s.state.contract,
        str(s.state.lease and s.state.lease.end),
    )
    assert {
        "notice_prepare:2028-07-31",
        "notice_aim:2028-07-31",
        "notice_alarm:2028-07-31:2028-04-18",
        "lease_ended:2028-07-31",
    } == {d.key for d in s.t.future() if d.region.value == "contract"}
    assert ["extension"] == s.letters(LetterStatus.HELD)[-1:]


def test_an_extension_comes_once() -> None:
    s = running()
    s.do("extend_lease", **{**EXTEND, "signed_on": "2027-02-22"})
    given = {**EXTEND, "new_end": "2028-10-31", "signed_on": "2027-02-22"}
    refusal = s.refused("extend_lease", **given)
    assert ("Dit contract is al verlengd; dat kan maar één keer.", 90) == (
        refusal.text,
        refusal.rule,
    )


def test_an_extension_is_decided_with_a_manager() -> None:
    s = approved()
    assert "second_role" == s.refused("extend_lease", second="bo:coordinator", **EXTEND).code


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"new_end": "2028-01-31"}, "Het nieuwe einde moet na 31/1/2028 liggen."),
        (
            {"new_end": "2030-02-01"},
            "Samen duurt het contract dan langer dan 36 maanden: uiterlijk tot voor 1/2/2030.",
        ),
        ({"new_end": "2029-01-31"}, "De woning is maar beschikbaar tot 31/12/2028."),
    ],
)
def test_an_extension_fits_the_law_and_the_dwelling(given: dict[str, str], why: str) -> None:
    until = "2028-12-31" if given["new_end"] == "2029-01-31" else "2032-12-31"
    s = Story(world=World({"d7": good_dwelling("d7", available_until=until)})).living()
    refusal = s.refused("extend_lease", **{**EXTEND, "signed_on": "2027-02-01", **given})
    assert (why, 90) == (refusal.text, refusal.rule)


def test_three_years_to_the_day_is_allowed() -> None:
    s = running()
    s.do("extend_lease", **{**EXTEND, "new_end": "2030-01-31", "signed_on": "2027-02-22"})
    assert "2030-01-31" == str(s.state.lease and s.state.lease.end)


def test_an_addendum_is_signed_before_the_end() -> None:
    s = running().until("2028-02-03")
    refusal = s.refused("extend_lease", **{**EXTEND, "signed_on": "2028-02-01"})
    assert "Het addendum moet getekend zijn voor 31/1/2028." == refusal.text


# ---- a notice that must not go out any more -----------------------------------------------------
def test_an_extension_takes_the_notice_out_of_the_print_queue() -> None:
    s = approved().until("2027-10-05")
    printing = f"print:{s.order('notice_registered').key}"
    assert printing in {task.key for task in s.state.open_tasks}
    s.do("extend_lease", **EXTEND)
    assert LetterStatus.RECALLED is s.letter("notice_registered").status
    assert printing not in {task.key for task in s.state.open_tasks}


def test_the_residents_own_notice_takes_it_out_too() -> None:
    s = approved().until("2027-10-05")
    s.do("resident_gives_notice", received_on="2027-10-05", leaves_on="2028-01-31")
    assert LetterStatus.RECALLED is s.letter("notice_registered").status


def test_a_posted_letter_leaves_the_print_queue() -> None:
    s = approved().until("2027-10-05")
    s.do("record_posting", posted_on="2027-10-05", barcodes=CODES)
    assert f"print:{s.order('notice_registered').key}" not in {t.key for t in s.state.open_tasks}


def test_holding_back_the_registered_letter_holds_back_the_whole_notice() -> None:
    s = approved()
    s.do("recall_letter", letter=s.order("notice_registered").key)
    assert LetterStatus.RECALLED is s.letter("notice_mail").status
    assert (ContractStage.RUNNING, True, False) == (
        s.state.contract,
        "notice_prepare" in s.tasks,
        "notice_post" in s.tasks,
    )
    s.do("approve_notice", lease_end="2028-01-31")
    assert ["notice_mail", "notice_registered"] == s.letters(LetterStatus.HELD)
    assert day_of(s.now) == s.state.notice.approved_on
