"""What still has to be done stays on somebody's list until a person did it."""

import pytest

from models.facts import Task
from models.vocabulary import LetterStatus
from tests.models.story import Story
from tests.models.world import World, good_dwelling

LISTED = "Dit is blijven liggen, bekijk wat nog nodig is: "


def living(world: World | None = None, insurance: str = "2028-03-01", edition: int = 2) -> Story:
    s = Story(world=world, edition=edition).living().until("2027-02-22")
    s.talk(insurance_until=insurance, energy="klaar")
    s.do("register_lease", on="2027-02-22")
    return s


def proposals(s: Story) -> list[Task]:
    return [task for task in s.state.open_tasks if task.kind == "catch_up"]


def late(s: Story) -> set[str]:
    return {"talk_to_plan", "talk_overdue"} & set(s.tasks)


# ---- two proposals (#69) ------------------------------------------------------------------------
def two_outages(edition: int = 2) -> Story:
    s = living(insurance="2027-08-31", edition=edition).until("2027-07-30")
    s.down_until("2027-08-03").until("2027-09-20")
    return s.down_until("2027-10-15")


def test_a_second_outage_leaves_the_list_of_the_first_as_it_was() -> None:
    first, second = [task.text.removeprefix(LISTED) for task in proposals(two_outages())]
    assert [
        "Bekijk of een versnelde toewijzing kan.",
        "De familiale verzekering loopt af: vraag het nieuwe bewijs.",
    ] == first.split("; ")
    assert second.startswith("Richtdag om de opzeg te posten; ten laatste op 26/10/2027.")


def test_a_list_with_the_notice_is_hard_also_when_an_older_list_is_open() -> None:
    assert [False, True] == [task.hard for task in proposals(two_outages())]


def test_in_the_first_edition_there_is_one_list() -> None:
    (only,) = proposals(two_outages(edition=1))
    assert ("catch_up", False) == (only.key, only.hard)


# ---- a letter of a proposal (#69, #88) ----------------------------------------------------------
def paused_over_the_reminder(region: str, edition: int = 2) -> Story:
    s = Story(edition=edition).living().notice_posted().until("2027-12-20")
    s.do("hold", region=region, reason="ziekte_crisis", until="2028-01-20", owner="an")
    return s.until("2028-01-25")


def test_a_letter_that_is_sent_leaves_the_rest_of_its_list_to_do() -> None:
    s = paused_over_the_reminder("traject")
    before = [task.text for task in proposals(s)]
    s.do("send_missed", letter="notice_reminder")
    assert LetterStatus.HELD is s.letter("notice_reminder").status
    assert before == [task.text for task in proposals(s)]
    assert "Bereid het vertrek van 31/1/2028 voor: exitgesprek, sleutels, energie." in before[0]


def test_in_the_first_edition_a_letter_that_is_sent_closes_the_list() -> None:
    s = paused_over_the_reminder("traject", edition=1)
    s.do("send_missed", letter="notice_reminder")
    assert [] == proposals(s)


def test_a_letter_that_was_alone_on_its_list_closes_it() -> None:
    s = paused_over_the_reminder("contract")
    assert [f"catch_up:{s.number('catch_up')}"] == [task.key for task in proposals(s)]
    s.do("send_missed", letter="notice_reminder")
    assert [] == proposals(s)


# ---- two certificates (#47) ---------------------------------------------------------------------
def certified(epc: str, conformity: str) -> World:
    return World({"d7": good_dwelling("d7", epc_until=epc, conformity_until=conformity)})


@pytest.mark.parametrize("conformity", ["2027-09-30", "2027-10-15"])
def test_two_certificates_that_expire_are_two_tasks(conformity: str) -> None:
    s = Story(world=certified("2027-09-30", conformity)).living().until("2027-08-20")
    found = {task.key: task.text for task in s.state.open_tasks if task.kind == "certificate"}
    day = "30/9/2027" if conformity == "2027-09-30" else "15/10/2027"
    assert {
        "certificate:EPC": "EPC van de woning vervalt op 30/9/2027.",
        "certificate:conformiteitsattest": f"conformiteitsattest van de woning vervalt op {day}.",
    } == found


def test_two_certificates_that_come_to_light_late_are_two_lines_of_one_list() -> None:
    s = Story(world=certified("2027-09-30", "2027-09-30")).living().until("2027-07-30")
    (task,) = proposals(s.down_until("2027-08-20"))
    assert {
        "EPC van de woning vervalt op 30/9/2027.",
        "conformiteitsattest van de woning vervalt op 30/9/2027.",
    } <= set(task.text.removeprefix(LISTED).split("; "))


def test_in_the_first_edition_two_certificates_are_one_task() -> None:
    s = Story(world=certified("2027-09-30", "2027-10-15"), edition=1).living().until("2027-08-20")
    assert ["certificate"] == [x.key for x in s.state.open_tasks if x.kind == "certificate"]


# ---- the three-monthly talk (#39, #71, #72) -----------------------------------------------------
@pytest.mark.parametrize(
    ("edition", "stays"), [(1, set()), (2, {"talk_to_plan", "talk_overdue"})], ids=["first", "now"]
)
def test_an_extra_talk_leaves_what_is_late_late(edition: int, stays: set[str]) -> None:
    s = living(edition=edition).until("2027-05-25")
    s.do("plan_talk", at="2027-05-31T10:00", kind="extra")
    assert stays == late(s)
    s.until("2027-05-31").talk(counts=False)
    assert (stays, "2027-05-22") == (late(s), str(s.state.talks.next_due))


def test_a_talk_that_was_planned_late_and_did_not_count_must_be_planned_again() -> None:
    s = living().until("2027-05-25")
    s.do("plan_talk", at="2027-05-31T10:00")
    assert set() == late(s)
    s.until("2027-05-31").talk(counts=False)
    assert {"talk_to_plan"} == late(s)
    task = s.state.tasks["talk_to_plan"]
    assert "Plan een gesprek: het moet er zijn tegen 22/5/2027." == task.text
    assert s.replay().head == s.t.head


def test_what_time_still_brings_is_not_asked_before_its_day() -> None:
    s = living().until("2027-03-10").talk(counts=False)
    assert (set(), "2027-05-08") == (late(s), s.due_on("talk_to_plan"))


def forgotten_while_one_is_planned(edition: int, **given: str) -> Story:
    s = living(edition=edition).until("2027-05-12")
    s.do("plan_talk", at="2027-05-20T10:00")
    return s.talk(held_on="2027-02-20", **given)


def test_a_talk_that_was_forgotten_leaves_the_planned_one_as_it_is() -> None:
    s = forgotten_while_one_is_planned(edition=2)
    planned = s.state.talks.planned_at
    assert planned is not None
    assert ("2027-05-20", "2027-05-22") == (str(planned.date()), str(s.state.talks.next_due))
    assert LetterStatus.HELD is s.letter("invitation_talk").status


def test_in_the_first_edition_a_talk_that_was_forgotten_calls_off_the_planned_one() -> None:
    s = forgotten_while_one_is_planned(edition=1)
    assert s.state.talks.planned_at is None
    assert LetterStatus.RECALLED is s.letter("invitation_talk").status


def test_another_day_for_the_planned_talk_takes_back_the_first_invitation() -> None:
    s = forgotten_while_one_is_planned(edition=2, next_at="2027-05-21T10:00")
    invited = [x for x in s.state.letters.values() if x.order.kind == "invitation_talk"][-2:]
    assert [LetterStatus.RECALLED, LetterStatus.HELD] == [letter.status for letter in invited]


@pytest.mark.parametrize(
    ("edition", "stays"), [(1, set()), (2, {"talk_to_plan", "talk_overdue"})], ids=["first", "now"]
)
def test_a_talk_that_was_forgotten_leaves_what_is_late_late(edition: int, stays: set[str]) -> None:
    s = living(edition=edition).until("2027-05-25").talk(held_on="2027-02-20")
    assert stays == late(s)
    assert set() == late(s.talk())
