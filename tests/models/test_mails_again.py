"""A mail that was refused, or is on its way, and of which the facts are corrected."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.vocabulary import LetterStatus
from tests.models.story import Story
from tests.models.test_rewriting import asks_to_rectify, consequences, correct, letters, rectified
from tests.models.world import moment

TALK = "invitation_talk"


# ---- a mail that was refused ---------------------------------------------------------------------
def refused_mail(**rules: Any) -> Story:
    """Invited for a talk by a mail that the mail server did not take."""
    s = Story(**rules).living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    key = s.order(TALK).key
    s.t.observe("letter_refused", {"key": key, "reason": "postbus vol"}, s.now)
    s.settle()
    return s


def to_mend(s: Story) -> set[str]:
    """What asks to mend an address or to write a letter again."""
    return {t.key for t in s.state.open_tasks if t.kind in {"undelivered", "write_again"}}


def test_a_refused_mail_of_which_the_facts_are_corrected_is_asked_for_again() -> None:
    s = refused_mail()
    key = s.order(TALK).key
    assert {f"undelivered:{key}"} == to_mend(s)
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    assert ("refused", "2027-05-21T10:00+02:00") == letters(s, TALK)[key]
    assert {f"write_again:{key}"} == to_mend(s)
    assert key not in [order.key for order in s.t.held_letters()]
    assert s.state.tasks[f"write_again:{key}"].text == (
        f"De brief '{key}' kwam niet aan, en zijn gegevens klopten niet. Kijk het adres na en kies "
        "'Brief opnieuw opmaken', of vink deze taak af."
    )
    assert s.state.dump() == s.replay().state.dump()


def test_a_refused_mail_leaves_once_with_the_right_facts_as_a_letter_of_its_own() -> None:
    s = refused_mail()
    first = s.order(TALK).key
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    correct(s, "record_talk", {"next_at": "2027-05-25T10:00"})
    s.do("write_again", letter=first)
    second = s.order(TALK).key
    assert ("refused", "held") == (letters(s, TALK)[first][0], letters(s, TALK)[second][0])
    assert set() == to_mend(s)
    s.until("2027-02-24")
    correct(s, "record_talk", {"weekly_support": False})
    assert ("sent", "2027-05-25T10:00+02:00") == letters(s, TALK)[second]
    assert "refused" == letters(s, TALK)[first][0]
    assert set() == to_mend(s)
    assert "not_to_write" == s.refused("write_again", letter=first).code
    correct(s, "record_talk", {"next_at": "2027-05-26T10:00"})
    assert [second] == consequences(s)["letters_wrong"]
    assert s.state.dump() == s.replay().state.dump()


def test_writing_a_refused_mail_again_that_is_undone_is_asked_for_again() -> None:
    s = refused_mail()
    first = s.order(TALK).key
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    s.do("write_again", letter=first)
    s.do("undo", fact=s.number("write_again"))
    assert {f"write_again:{first}"} == to_mend(s)
    s.do("write_again", letter=first)
    assert "held" == letters(s, TALK)[s.order(TALK).key][0]


def test_a_correction_that_leaves_its_facts_alone_leaves_a_refused_mail_as_it_is() -> None:
    s = refused_mail()
    key = s.order(TALK).key
    correct(s, "record_talk", {"weekly_support": False})
    assert ({f"undelivered:{key}"}, "refused") == (to_mend(s), letters(s, TALK)[key][0])


def test_a_refused_mail_leaves_again_once_its_address_is_mended() -> None:
    s = refused_mail()
    first = s.order(TALK).key
    assert s.state.tasks[f"undelivered:{first}"].text == (
        f"De brief '{first}' kwam niet aan: postbus vol. Kijk het adres na en kies 'Brief opnieuw "
        "opmaken', of vink deze taak af."
    )
    s.do("write_again", letter=first)
    second = s.order(TALK).key
    assert set() == to_mend(s)
    s.until("2027-02-24")
    says = "2027-05-20T10:00+02:00"
    assert {first: ("refused", says), second: ("sent", says)} == {
        key: there for key, there in letters(s, TALK).items() if key in {first, second}
    }
    assert "not_to_write" == s.refused("write_again", letter=first).code
    assert s.state.dump() == s.replay().state.dump()


def test_writing_a_refused_mail_again_as_it_was_can_be_undone() -> None:
    s = refused_mail()
    first = s.order(TALK).key
    s.do("write_again", letter=first)
    second = s.order(TALK).key
    s.do("undo", fact=s.number("write_again"))
    assert ({f"undelivered:{first}"}, "recalled") == (to_mend(s), letters(s, TALK)[second][0])
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    assert ({f"write_again:{first}"}, "refused") == (to_mend(s), letters(s, TALK)[first][0])


def test_in_the_second_edition_a_refused_mail_was_ordered_again() -> None:
    s = refused_mail(edition=2)
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    assert LetterStatus.HELD is s.letter(TALK).status


# ---- a mail on its way ---------------------------------------------------------------------------
def on_its_way(**rules: Any) -> Story:
    """Invited by a mail of which the moment is over: the mail server is away."""
    s = Story(**rules).living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    s.now = s.order(TALK).send_at + timedelta(minutes=20)
    return s


def going_again(**rules: Any) -> Story:
    """Invited by a mail that goes again on Monday, as somebody said on Saturday."""
    s = Story(**rules).living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    key = s.order(TALK).key
    s.t.observe("letter_uncertain", {"key": key, "reason": "niet zeker"}, s.now)
    s.settle()
    s.now = moment("2027-02-27T12:00")
    s.do("answer_uncertain", letter=key, answer="opnieuw")
    return s


@pytest.mark.parametrize("story", [on_its_way, going_again])
def test_a_mail_on_its_way_of_which_the_facts_are_corrected_is_held_back(
    story: Callable[..., Story],
) -> None:
    s = story()
    first = s.order(TALK).key
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    assert ("recalled", "2027-05-21T10:00+02:00") == letters(s, TALK)[first]
    assert [first] == consequences(s)["letters_held_back"]
    assert {f"write_again:{first}"} == to_mend(s)
    correct(s, "record_talk", {"weekly_support": False})
    assert ("recalled", {f"write_again:{first}"}) == (letters(s, TALK)[first][0], to_mend(s))
    s.do("write_again", letter=first)
    s.until("2027-03-02")
    assert {first: "recalled", s.order(TALK).key: "sent"} == {
        key: status for key, (status, _) in letters(s, TALK).items() if key >= first
    }
    assert s.state.dump() == s.replay().state.dump()


def test_a_mail_that_left_before_it_was_held_back_is_put_right() -> None:
    s = on_its_way()
    key = s.order(TALK).key
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    s.t.observe("letter_sent", {"key": key}, s.now)
    s.settle()
    assert ("sent", set(), asks_to_rectify(key)) == (
        letters(s, TALK)[key][0],
        to_mend(s),
        rectified(s),
    )


@pytest.mark.parametrize("story", [on_its_way, going_again])
def test_in_the_second_edition_a_mail_on_its_way_was_ordered_again(
    story: Callable[..., Story],
) -> None:
    s = story(edition=2)
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    assert LetterStatus.HELD is s.letter(TALK).status


# ---- a mail of which nobody knows whether it left ------------------------------------------------
def uncertain(**rules: Any) -> Story:
    """Invited by a mail that may have left; the day of the talk is corrected then."""
    s = Story(**rules).living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    s.t.observe("letter_uncertain", {"key": s.order(TALK).key, "reason": "niet zeker"}, s.now)
    s.settle()
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    return s


def asked(s: Story) -> set[str]:
    return {t.kind for t in s.state.open_tasks if t.kind in {"uncertain", "write_again", "rectify"}}


def test_an_uncertain_mail_of_which_the_facts_are_corrected_never_goes_again_as_it_was() -> None:
    s = uncertain()
    key = s.order(TALK).key
    assert ("uncertain", "2027-05-21T10:00+02:00") == letters(s, TALK)[key]
    assert ({"uncertain", "write_again"}, []) == (
        asked(s),
        consequences(s).get("letters_wrong", []),
    )
    assert s.state.tasks[f"write_again:{key}"].text == (
        f"Het is niet zeker of de brief '{key}' vertrok, en zijn gegevens klopten niet. Vertrok "
        "hij, antwoord dan 'verzonden'; anders: kies 'Brief opnieuw opmaken', of vink deze taak af."
    )
    refusal = s.refused("answer_uncertain", letter=key, answer="opnieuw")
    assert ("other_asked", "answer") == (refusal.code, refusal.about)
    assert refusal.text == (
        f"Van de brief '{key}' is een nieuwe gevraagd: hij gaat niet opnieuw zoals hij was. "
        "Vertrok hij toch, antwoord dan 'verzonden'; anders: kies 'Brief opnieuw opmaken'."
    )
    s.do("write_again", letter=key)
    assert set() == asked(s)
    s.until("2027-02-24")
    correct(s, "record_talk", {"weekly_support": False})
    assert {key: "uncertain", s.order(TALK).key: "sent"} == {
        one: status for one, (status, _) in letters(s, TALK).items() if one >= key
    }
    assert s.state.dump() == s.replay().state.dump()


def test_an_uncertain_mail_with_wrong_facts_that_did_leave_is_put_right() -> None:
    s = uncertain()
    key = s.order(TALK).key
    s.do("answer_uncertain", letter=key, answer="verzonden")
    assert ("sent", {"rectify"}) == (letters(s, TALK)[key][0], asked(s))
    assert s.state.tasks[f"rectify:{key}"].text == (
        f"De brief '{key}' vertrok, maar een nieuwe was gevraagd: stuur zo nodig een rechtzetting."
    )
    correct(s, "record_talk", {"weekly_support": False})
    assert {"rectify"} == asked(s)
    assert "not_to_write" == s.refused("write_again", letter=key).code
    assert s.state.dump() == s.replay().state.dump()


def test_another_correction_asks_for_an_uncertain_mail_still() -> None:
    s = uncertain()
    key = s.order(TALK).key
    correct(s, "record_talk", {"next_at": "2027-05-25T10:00"})
    assert ("uncertain", "2027-05-25T10:00+02:00") == letters(s, TALK)[key]
    assert {"uncertain", "write_again"} == asked(s)
    s.do("write_again", letter=key)
    s.do("undo", fact=s.number("write_again"))
    assert {"uncertain", "write_again"} == asked(s)
    assert s.state.dump() == s.replay().state.dump()


def test_in_the_second_edition_an_uncertain_mail_went_again_as_it_was() -> None:
    s = uncertain(edition=2)
    s.do("answer_uncertain", letter=s.order(TALK).key, answer="opnieuw")
    assert LetterStatus.HELD is s.letter(TALK).status
