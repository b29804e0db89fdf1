"""A letter of which the facts are corrected once it was released: kept here, and written again."""

from typing import Any

import pytest

from models.deadlines import BY_NAME
from models.trajectory import STEPS
from models.vocabulary import ArrearsStage, LetterStatus
from tests.models.renting import reminded, rung, talked
from tests.models.story import Story
from tests.models.world import moment

NEIGHBOURS = "neighbours"


def moved_in(**rules: Any) -> Story:
    """Got the keys on 3/2/2027; the letter to the neighbours lies in the print queue."""
    s = Story(**rules).offered().papers().until(moment("2027-02-03T09:30"))
    s.keys()
    return s.until(moment("2027-02-05T10:00"))


def correct(s: Story, step: str | int, fields: dict[str, Any] | None) -> None:
    number = s.number(step) if isinstance(step, str) else step
    given = {"fields": fields, "who": "an", "second": "bo:manager"}
    s.do("correct", corrects=number, reason="vergissing", **given)


def keys_on(s: Story, day: str) -> None:
    correct(s, "hand_over_keys", {"on": day})


def consequences(s: Story) -> dict[str, Any]:
    found = next(o for o in reversed(s.outcomes) if o.kind == "correct")
    return dict(found.detail["consequences"])


def open_tasks(s: Story) -> set[str]:
    """What is still to print, and to write again."""
    return {t.key for t in s.state.open_tasks if t.kind in {"print", "write_again"}}


def letters(s: Story, kind: str = NEIGHBOURS) -> dict[str, tuple[str, Any]]:
    """Where each letter of a kind stands, and what it says first."""
    return {
        key: (x.status.value, next(iter(x.order.facts.values())))
        for key, x in s.state.letters.items()
        if x.order.kind == kind
    }


def test_a_printed_letter_with_wrong_facts_leaves_the_print_queue_and_is_asked_for_again() -> None:
    s = moved_in()
    key = s.order(NEIGHBOURS).key
    assert {f"print:{key}"} == open_tasks(s)
    keys_on(s, "2027-02-02")
    assert {key: ("recalled", "2027-02-02")} == letters(s)
    assert {f"write_again:{key}"} == open_tasks(s)
    assert [key] == consequences(s)["letters_held_back"]
    assert key not in consequences(s).get("letters_wrong", [])
    assert s.state.tasks[f"write_again:{key}"].text == (
        f"De brief '{key}' lag klaar voor de post met gegevens die niet klopten, en is "
        "tegengehouden. Gooi de afdruk weg en kies 'Brief opnieuw opmaken', of vink deze taak af."
    )
    assert s.state.dump() == s.replay().state.dump()


def test_it_is_written_again_with_the_right_facts_as_a_letter_of_its_own() -> None:
    s = moved_in()
    first = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    s.do("write_again", letter=first)
    second = s.order(NEIGHBOURS).key
    assert {first: ("recalled", "2027-02-02"), second: ("held", "2027-02-02")} == letters(s)
    assert set() == open_tasks(s)
    s.until(moment("2027-02-08T10:00"))
    assert {f"print:{second}"} == open_tasks(s)
    s.do("post_letter", letter=second, posted_on="2027-02-08")
    assert LetterStatus.POSTED is s.letter(NEIGHBOURS).status
    assert s.state.dump() == s.replay().state.dump()


def test_a_letter_that_was_written_again_keeps_its_place_after_another_correction() -> None:
    s = moved_in()
    first = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    s.do("write_again", letter=first)
    second = s.order(NEIGHBOURS).key
    correct(s, "hand_over_keys", {"keys": 3})
    assert {first: ("recalled", "2027-02-02"), second: ("held", "2027-02-02")} == letters(s)
    keys_on(s, "2027-02-01")
    assert {first: ("recalled", "2027-02-02"), second: ("held", "2027-02-01")} == letters(s)
    s.until(moment("2027-02-09T10:00"))
    keys_on(s, "2027-02-03")
    assert ("recalled", "2027-02-03") == letters(s)[second]
    assert {f"write_again:{second}"} == open_tasks(s)
    assert s.state.dump() == s.replay().state.dump()


def test_another_correction_asks_for_it_still_and_never_puts_the_old_paper_back() -> None:
    s = moved_in()
    key = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    correct(s, "hand_over_keys", {"keys": 3})
    assert ({key: ("recalled", "2027-02-02")}, {f"write_again:{key}"}) == (
        letters(s),
        open_tasks(s),
    )
    keys_on(s, "2027-02-03")
    assert ({key: ("recalled", "2027-02-03")}, {f"write_again:{key}"}) == (
        letters(s),
        open_tasks(s),
    )
    assert s.state.dump() == s.replay().state.dump()


def test_writing_again_that_is_undone_is_asked_for_again() -> None:
    s = moved_in()
    first = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    s.do("write_again", letter=first)
    second = s.order(NEIGHBOURS).key
    s.do("undo", fact=s.number("write_again"))
    assert {first: ("recalled", "2027-02-02"), second: ("recalled", "2027-02-02")} == letters(s)
    assert {f"write_again:{first}"} == open_tasks(s)


def test_a_letter_that_should_never_have_been_ordered_is_not_asked_for_again() -> None:
    s = moved_in()
    first = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    correct(s, "hand_over_keys", None)
    assert ({first: ("recalled", "2027-02-02")}, set()) == (letters(s), open_tasks(s))


def test_what_was_not_held_back_is_not_written_again() -> None:
    s = moved_in()
    key = s.order(NEIGHBOURS).key
    assert "not_to_write" == s.refused("write_again", letter=key).code
    s.do("recall_letter", letter=key)
    assert "not_to_write" == s.refused("write_again", letter=key).code
    assert "not_to_write" == s.refused("write_again", letter="9-x").code


def test_a_letter_that_was_posted_is_listed_as_before() -> None:
    s = moved_in()
    key = s.order(NEIGHBOURS).key
    s.do("post_letter", letter=key, posted_on="2027-02-05")
    keys_on(s, "2027-02-02")
    assert ({key: ("posted", "2027-02-03")}, [key]) == (
        letters(s),
        consequences(s)["letters_wrong"],
    )


def test_in_the_second_edition_a_printed_letter_was_only_listed() -> None:
    s = moved_in(edition=2)
    key = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    assert ({key: ("to_print", "2027-02-03")}, {f"print:{key}"}, [key]) == (
        letters(s),
        open_tasks(s),
        consequences(s)["letters_wrong"],
    )


def test_the_rung_of_the_ladder_is_climbed_with_the_letter_that_was_written_again() -> None:
    s = talked(reminded(), "onbereikbaar", reason="neemt niet op").until(moment("2027-04-06T08:00"))
    s.do("charge_cost", debt="schade", amount="40.00", due_on="2027-04-06", what="slot")
    s.until(moment("2027-04-07T08:00"))
    s.do("order_registered", reason="geen antwoord")
    first = s.order("formal_notice").key
    s.until("2027-04-08")
    correct(s, "charge_cost", {"amount": "30.00"})
    assert f"write_again:{first}" in open_tasks(s)
    s.do("write_again", letter=first)
    second = s.order("formal_notice").key
    rent_and_cost = {one: s.state.letters[one].order.facts["pay"] for one in (first, second)}
    assert {first: {"amount": "412.00"}, second: {"amount": "412.00"}} == rent_and_cost
    s.until("2027-04-12")
    posted = {"posted_on": "2027-04-12", "barcodes": ["RR123456785BE"]}
    s.do("post_letter", letter=second, **posted)
    assert ArrearsStage.REGISTERED is rung(s)
    assert s.state.dump() == s.replay().state.dump()


def test_every_letter_that_is_ordered_can_be_written_again() -> None:
    by_steps = {
        kind for step in STEPS.values() if step.name != "write_again" for kind in step.letters
    }
    by_time = {row.letter for row in BY_NAME.values() if row.letter is not None}
    assert by_steps | by_time == set(STEPS["write_again"].letters)


# ---- posted all the same -------------------------------------------------------------------------
def rectified(s: Story) -> set[str]:
    return {task.text for task in s.state.open_tasks if task.kind == "rectify"}


def asks_to_rectify(key: str) -> set[str]:
    return {f"De brief '{key}' was tegengehouden en vertrok toch: stuur zo nodig een rechtzetting."}


def posted_anyway() -> tuple[Story, str]:
    """A colleague posted the letter to the neighbours, which a correction had held back."""
    s = moved_in()
    key = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    s.do("post_letter", letter=key, posted_on="2027-02-05")
    return s, key


def test_a_letter_that_a_correction_held_back_and_was_posted_all_the_same_is_put_right() -> None:
    s, key = posted_anyway()
    assert ({key: ("posted", "2027-02-02")}, set()) == (letters(s), open_tasks(s))
    assert asks_to_rectify(key) == rectified(s)
    assert "de brief werd gepost nadat hij tegengehouden was" in s.flags
    assert "not_to_print" == s.refused("post_letter", letter=key, posted_on="2027-02-05").code
    assert s.state.dump() == s.replay().state.dump()


def test_the_task_to_put_it_right_outlives_the_next_correction() -> None:
    s, key = posted_anyway()
    correct(s, "hand_over_keys", {"keys": 3})
    assert (asks_to_rectify(key), set()) == (rectified(s), open_tasks(s))
    keys_on(s, "2027-02-01")
    assert ("posted", [key]) == (letters(s)[key][0], consequences(s)["letters_wrong"])


@pytest.mark.parametrize("way", ["undo", "correct"])
def test_a_posting_all_the_same_that_is_withdrawn_asks_for_the_letter_again(way: str) -> None:
    s, key = posted_anyway()
    if way == "undo":
        s.do("undo", fact=s.number("post_letter"))
    else:
        correct(s, "post_letter", None)
    assert ({key: ("recalled", "2027-02-02")}, {f"write_again:{key}"}) == (
        letters(s),
        open_tasks(s),
    )
    assert (set(), None) == (rectified(s), s.state.letters[key].sent_at)
    s.do("post_letter", letter=key, posted_on="2027-02-05")
    assert asks_to_rectify(key) == rectified(s)


def test_a_letter_that_was_written_again_may_turn_out_to_be_posted_too() -> None:
    s = moved_in()
    first = s.order(NEIGHBOURS).key
    keys_on(s, "2027-02-02")
    s.do("write_again", letter=first)
    second = s.order(NEIGHBOURS).key
    s.do("post_letter", letter=first, posted_on="2027-02-05")
    assert {first: ("posted", "2027-02-02"), second: ("held", "2027-02-02")} == letters(s)
    assert asks_to_rectify(first) == rectified(s)
    correct(s, "hand_over_keys", {"keys": 3})
    assert {first: ("posted", "2027-02-02"), second: ("held", "2027-02-02")} == letters(s)
    s.do("undo", fact=s.number("post_letter"))
    assert {first: ("recalled", "2027-02-02"), second: ("held", "2027-02-02")} == letters(s)
    assert (set(), set()) == (rectified(s), open_tasks(s))


def test_what_never_lay_in_the_print_queue_was_not_posted() -> None:
    s = Story().offered().papers().until(moment("2027-02-03T09:30"))
    s.keys()
    key = s.order(NEIGHBOURS).key
    s.do("recall_letter", letter=key)
    assert "not_to_print" == s.refused("post_letter", letter=key, posted_on="2027-02-03").code


def test_in_the_second_edition_a_posting_all_the_same_could_not_be_noted() -> None:
    s = moved_in(edition=2)
    key = s.order(NEIGHBOURS).key
    s.do("recall_letter", letter=key)
    assert "not_to_print" == s.refused("post_letter", letter=key, posted_on="2027-02-05").code
