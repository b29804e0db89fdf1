"""How people behave before they live here: waiting, answering, meeting, being weighed, sharing."""

from collections.abc import Iterator
from datetime import timedelta

from models.calendar import day_of
from models.choices import Verdict
from models.facts import Json
from models.state import Appointment, Referral
from simulation.acts import Act, Scene, Wish, at_hour
from simulation.people import AN, BO

NEW_SUPPORTERS = ("lien", "sam", "noor", "fien")


def refer(scene: Scene) -> Act:
    """The supporter refers."""
    p = scene.person
    data: Json = {
        "birth_date": p.birth_date.isoformat(),
        "sex": p.sex,
        "supporter": p.supporter,
        "living": p.living,
    }
    if p.previous is not None:
        data["previous"] = p.previous
    return Act("refer", data, (p.supporter, "supporter"))


def waiting(scene: Scene) -> Iterator[Wish]:
    """Yield what happens on the waitlist."""
    p = scene.person
    referral = _referral(scene)
    yield from form(scene)
    yield from support(scene)
    if not referral.supports:
        day = p.referred_on + timedelta(days=10 + p.draw("andere begeleider", 30))
        yield Wish(day, "andere begeleider", _change_supporter)
    if p.gives_up_on is not None:
        yield Wish(p.gives_up_on, "intrekken", withdraw)
    too_early = referral.eligible_from is not None and scene.today < referral.eligible_from
    if too_early and "te_vroeg_oproepen" in p.mistakes:
        yield Wish(p.referred_on + timedelta(days=16), "fout:te_vroeg", _call_too_early)
    if _tired_of_waiting(scene):
        yield Wish(p.referred_on + timedelta(days=90), "woonwens", _wish_alone)


def form(scene: Scene) -> Iterator[Wish]:
    """Yield the second form, in two pieces; sometimes late."""
    p, referral = scene.person, _referral(scene)
    if referral.support_since is None:
        day = p.referred_on + timedelta(days=p.draw("begeleiding", 6))
        yield Wish(day, "begeleiding", _support_since)
    elif referral.form_received is None:
        yield Wish(p.referred_on + timedelta(days=p.form_days), "formulier", _form_received)


def support(scene: Scene) -> Iterator[Wish]:
    """Yield a new supporter, where the support fell away."""
    gone = scene.s.supporter_gone
    if gone is not None:
        days = 4 + scene.person.draw(f"nieuwe begeleider {gone}", 20)
        yield Wish(gone + timedelta(days=days), f"nieuwe begeleider {gone}", _change_supporter)


def invited(scene: Scene) -> Iterator[Wish]:
    """Yield what happens around an acquaintance or an intake, up to the verdicts."""
    p, s = scene.person, scene.s
    yield from form(scene)
    yield from support(scene)
    if p.gives_up_on is not None:
        yield Wish(p.gives_up_on, "intrekken", withdraw)
    if not _referral(scene).supports:
        yield Wish(scene.today, "andere begeleider", _change_supporter)
    appointment = s.appointment
    received = _referral(scene).form_received is not None
    if _referral(scene).support_since is not None and not received:
        # No intake without the second form: somebody calls the supporter for it.
        yield Wish(scene.today, "formulier gebeld", _form_received)
    if appointment is None or not received:
        return
    if appointment.reply is None and p.answers != "zwijgt":
        yield from _reply(scene, appointment)
    if p.done["niet gekomen"] < p.no_shows:
        first = p.done["niet gekomen"] == 0
        yield Wish(
            day_of(appointment.at),
            "niet gekomen",
            _stays_away if first else _back_to_waitlist,
            appointment.at + timedelta(hours=3),
        )
    elif s.stage == "kennismaking":
        yield Wish(
            day_of(appointment.at),
            "kennismaking",
            _acquaintance,
            appointment.at + timedelta(hours=1),
        )
    else:
        yield Wish(
            day_of(appointment.at), "oordeel an", _verdict_an, appointment.at + timedelta(hours=2)
        )


def weighed(scene: Scene) -> Iterator[Wish]:
    """Yield what follows an intake: verdicts, checklist, rejection."""
    p, s = scene.person, scene.s
    if s.accepted or s.stage != "intake":
        return
    if len(s.verdicts) == 1:
        if "zelfde_oordeel" in p.mistakes:
            yield Wish(scene.today, "fout:zelfde_oordeel", _same_verdict)
        yield Wish(scene.today, "oordeel bo", _verdict_bo)
    elif len(s.verdicts) == 2:
        if "checklist_zonder_twijfel" in p.mistakes and not s.in_doubt:
            yield Wish(scene.today, "fout:checklist", _checklist)
        if s.in_doubt and s.checklist is None:
            yield Wish(scene.today + timedelta(days=2), "checklist", _checklist)
        elif s.checklist is not None and s.checklist.red and p.draw("rood klopt niet", 5) == 0:
            yield Wish(scene.today + timedelta(days=1), "rood rechtzetten", _mend_red)
            yield Wish(scene.today + timedelta(days=9), "afwijzen", _reject)
        else:
            yield Wish(scene.today + timedelta(days=3), "afwijzen", _reject)


def not_started(scene: Scene) -> Iterator[Wish]:
    """Yield the talk over a decision not to start."""
    rejected = scene.s.rejected_on
    if rejected is not None and not scene.person.done["beslissing besproken"]:
        days = 3 + scene.person.draw("beslissing besproken", 14)
        yield Wish(rejected + timedelta(days=days), "beslissing besproken", _decision_talk)


# ---- the steps themselves ----------------------------------------------------------------------
def _referral(scene: Scene) -> Referral:
    referral = scene.s.referral
    assert referral is not None, "who waits was referred"
    return referral


def _tired_of_waiting(scene: Scene) -> bool:
    referral = _referral(scene)
    return referral.living == "delen" and scene.person.draw("liever alleen", 6) == 0


def _by_supporter(scene: Scene) -> tuple[str, str]:
    return (_referral(scene).supporter, "supporter")


def _support_since(scene: Scene) -> Act:
    since = min(scene.person.support_since, scene.today)
    homeless = "dakloos" if scene.person.draw("dakloos", 3) else "dreigend"
    data = {"support_since": since.isoformat(), "homelessness": homeless}
    return Act("complete_referral", data, _by_supporter(scene))


def _form_received(scene: Scene) -> Act:
    return Act("complete_referral", {"form_received": scene.today.isoformat()})


def _change_supporter(scene: Scene) -> Act:
    choice = scene.person.draw(f"begeleider {scene.today}", len(NEW_SUPPORTERS))
    data = {"supporter": NEW_SUPPORTERS[choice], "since": scene.today.isoformat()}
    return Act("change_supporter", data)


def withdraw(scene: Scene) -> Act:
    asked_by = ("jongere", "partner")[scene.person.draw("intrekken door", 2)]
    data = {"asked_by": asked_by, "reason": "vond zelf een andere oplossing"}
    return Act("withdraw", data, _by_supporter(scene))


def _wish_alone(scene: Scene) -> Act:
    return Act("change_wish", {"living": "alleen"}, _by_supporter(scene))


def _call_too_early(scene: Scene) -> Act:
    at = at_hour(scene.in_days(7), 11)
    return Act("call_up", {"to": "intake", "at": at, "place": "bij ons op kantoor"})


def _reply(scene: Scene, appointment: Appointment) -> Iterator[Wish]:
    days = 1 + scene.person.draw(f"antwoord {appointment.at:%Y%m%d}", 6)
    day = appointment.invited_on + timedelta(days=days)
    if day < day_of(appointment.at):
        another = scene.person.answers == "andere_datum" and not scene.person.done["andere datum"]
        yield Wish(
            day,
            "andere datum" if another else f"antwoord {appointment.at:%Y%m%d}",
            _another_date if another else _comes,
        )


def _comes(scene: Scene) -> Act:
    return Act("record_reply", {"answer": "komt"}, _by_supporter(scene))


def _another_date(scene: Scene) -> Act:
    data = {"answer": "andere_datum", "new_at": at_hour(scene.in_days(6, "nieuwe datum", 8), 14)}
    return Act("record_reply", data)


def _stays_away(scene: Scene) -> Act:
    data = {"answer": "komt_niet", "new_at": at_hour(scene.in_days(7, "herkansing", 7), 10)}
    return Act("record_reply", data)


def _back_to_waitlist(scene: Scene) -> Act:
    return Act("return_to_waitlist", {"reason": "kwam twee keer niet naar de afspraak"})


def _acquaintance(scene: Scene) -> Act:
    data = {
        "held_on": scene.today.isoformat(),
        "present": ["bewoner", "begeleider", "medewerker"],
        "intake_at": at_hour(scene.in_days(6, "intake", 6), 13),
    }
    return Act("record_acquaintance", data, AN, "bo:group_worker")


def _verdict(scene: Scene, who: tuple[str, str], number: int) -> Act:
    data = {"held_on": scene.today.isoformat(), "verdict": scene.person.verdicts[number]}
    return Act("give_verdict", data, who)


def _verdict_an(scene: Scene) -> Act:
    return _verdict(scene, AN, 0)


def _verdict_bo(scene: Scene) -> Act:
    return _verdict(scene, BO, 1)


def _same_verdict(scene: Scene) -> Act:
    return _verdict(scene, AN, 1)


def _checklist(scene: Scene) -> Act:
    p = scene.person
    items: Json = {}
    for item in scene.rules.checklist_for(_referral(scene).living):
        items[item] = "oranje" if p.draw(f"punt {item}", 4) == 0 else "groen"
    if p.red:
        items[next(iter(items))] = "rood"
    decision = "niet" if p.red or p.verdicts[1] == Verdict.NO else "start"
    data = {"items": items, "decision": decision}
    return Act("fill_checklist", data, AN, "bo:group_worker")


def _mend_red(scene: Scene) -> Act:
    """A red that was wrong is put right by both (rule 19)."""
    p = scene.person
    p.red = False
    fact = next(fact for fact in reversed(scene.t.facts) if fact.name == "fill_checklist")
    items = {**fact.data["items"], next(iter(fact.data["items"])): "groen"}
    data = {
        "corrects": fact.seq,
        "reason": "het rode punt hoorde bij een andere jongere",
        "fields": {"items": items, "decision": "start"},
    }
    return Act("correct", data, AN, "bo:group_worker")


def _reject(scene: Scene) -> Act:
    checklist = scene.s.checklist
    reason = "twee_keer_niet"
    if checklist is not None:
        reason = "rood" if checklist.red else "checklist"
    data = {"reason": reason, "text": "zelfstandig wonen is nu nog een stap te ver"}
    return Act("reject", data, AN, "bo:group_worker")


def _decision_talk(scene: Scene) -> Act:
    data = {"held_on": scene.today.isoformat(), "present": ["bewoner", "begeleider", "medewerker"]}
    return Act("record_decision_talk", data)
