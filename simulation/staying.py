"""How people behave from offer to last talk: papers, keys, talks, premium, support, pauses."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from models.calendar import add_months, age_on, day_of
from models.facts import Json
from models.papers import papers_needed
from models.vocabulary import Region
from simulation.acts import Act, Scene, Wish, at_hour
from simulation.admission import support
from simulation.people import AN, BO, TECHNICAL

SIGNED_BY_BOTH = ("huurcontract", "plaatsbeschrijving")
SIGNED_BY_RESIDENT = (
    "privacyverklaring",
    "huishoudelijk_reglement",
    "afspraken_woningdelen",
    "begeleidingsclausule",
)
CLOSABLE = (
    "weekly_support",
    "housemate_money",
    "insurance",
    "energy",
    "sharing_agreed",
    "housemate",
)


def moving_in(scene: Scene) -> Iterator[Wish]:
    """Yield papers and keys, or an offer that is turned down."""
    p, s = scene.person, scene.s
    yield from support(scene)
    offer = s.offer
    if offer is None or offer.pending:
        return
    if p.refuses_offer and not p.done["aanbod weigeren"]:
        yield Wish(scene.today + timedelta(days=1), "aanbod weigeren", _turn_down)
        return
    missing = next(
        (one for one in papers_needed(s, scene.rules.papers) if one.value not in s.papers), None
    )
    if missing is not None:
        day = offer.start_on - timedelta(days=6)
        if "sleutels_zonder_papieren" in p.mistakes:
            yield Wish(day, "fout:sleutels", _keys)
        yield Wish(day, f"papier {missing.value}", lambda scene: _paper(scene, missing.value))
        return
    yield Wish(offer.start_on, "sleutels", _keys)


def living(scene: Scene) -> Iterator[Wish]:
    """Yield what happens while somebody lives here, the contract aside."""
    p, s = scene.person, scene.s
    lease = s.lease
    assert lease is not None, "who lives here has a lease"
    keys, done = lease.keys_on, p.done
    yield from support(scene)
    yield from _talks(scene)
    yield from _once(scene, keys)
    if p.support_breaks is not None and s.supporter_gone is None and not done["begeleiding weg"]:
        yield Wish(keys + timedelta(days=p.support_breaks), "begeleiding weg", _support_ends)
    if p.paused and not done["pauze"]:
        yield Wish(keys + timedelta(days=40), "pauze", _pause)
    elif Region.REVIEWS in s.holds and p.draw("pauze korter", 2) and not done["pauze weg"]:
        yield Wish(keys + timedelta(days=60), "pauze weg", _end_pause)
    for task in s.open_tasks:
        if task.kind in CLOSABLE and (task.due is None or task.due <= scene.today):
            days = 5 + p.draw(f"taak {task.key}", 12)
            yield Wish(
                day_of(task.opened_at) + timedelta(days=days),
                f"taak {task.key} {task.opened_at:%Y%m%d}",
                _closing(task.key),
            )
            break


def _once(scene: Scene, keys: date) -> Iterator[Wish]:
    """Yield what is noted once in a stay."""
    p, done = scene.person, scene.person.done
    if not done["domicilie"]:
        yield Wish(keys + timedelta(days=7), "domicilie", _domicile)
    elif p.draw("vergissing", 5) == 0 and not done["ongedaan"] and _last_is(scene, "note_domicile"):
        yield Wish(scene.today - timedelta(days=1), "ongedaan", _undo)
    if not done["registratie"]:
        yield Wish(keys + timedelta(days=10 + p.draw("registratie", 45)), "registratie", _register)
    if not done["premie"]:
        yield Wish(keys + timedelta(days=12 + p.draw("premie", 20)), "premie", _premium)
    elif scene.s.premium == "nu" and not done["premie uitkomst"]:
        yield Wish(keys + timedelta(days=60), "premie uitkomst", _premium_result)
    if not done["toewijzing"]:
        day = add_months(keys, scene.rules.allocation_months) + timedelta(days=5)
        yield Wish(day, "toewijzing", _allocation)


def _talks(scene: Scene) -> Iterator[Wish]:
    p, talks = scene.person, scene.s.talks
    if talks.planned_at is not None:
        key = f"gesprek {talks.planned_at:%Y%m%d}"
        if p.draw(f"mist {key}", 8) == 0:
            yield Wish(
                day_of(talks.planned_at), key, _missed, talks.planned_at + timedelta(hours=2)
            )
        else:
            if "gesprek_in_de_toekomst" in p.mistakes:
                day = day_of(talks.planned_at) - timedelta(days=4)
                yield Wish(day, "fout:gesprek", _talk_too_soon)
            yield Wish(day_of(talks.planned_at), key, _talk, talks.planned_at + timedelta(hours=1))
    elif talks.next_due is not None:
        wait = 12 - p.draw(f"plannen {talks.next_due}", 10)
        yield Wish(talks.next_due - timedelta(days=wait), f"plannen {talks.next_due}", _plan_talk)
    if talks.held == 1 and p.draw("datum fout", 9) == 0 and not p.done["rechtzetten"]:
        yield Wish(scene.today + timedelta(days=2), "rechtzetten", _correct_talk)


# ---- the steps themselves ----------------------------------------------------------------------
def _closing(task: str) -> Callable[[Scene], Act]:
    def close(scene: Scene) -> Act:
        return Act("close_task", {"task": task})

    return close


def _turn_down(scene: Scene) -> Act:
    return Act("release_place", {"reason": "geweigerd"})


def _paper(scene: Scene, paper: str) -> Act:
    data: Json = {"paper": paper, "done_on": scene.today.isoformat()}
    if paper in SIGNED_BY_BOTH:
        data["signed_by"] = ["bewoner", "organisatie"]
    elif paper in SIGNED_BY_RESIDENT:
        data["signed_by"] = ["bewoner"]
    minor = age_on(scene.person.birth_date, scene.today) < 18
    # The first time the parent's signature is forgotten, and the step is refused.
    if paper == "huurcontract" and minor and scene.person.refused[f"papier {paper}"]:
        data["signed_by"].append("medeondertekenaar")
    if paper == "welkomstbundel" and scene.person.draw("bundel", 15) == 0:
        data["waived_reason"] = "kreeg de bundel al bij de intake"
    return Act("finish_paper", data, TECHNICAL if paper == "plaatsbeschrijving" else AN)


def _keys(scene: Scene) -> Act:
    first = scene.rules.first_talk_days
    data = {
        "on": scene.today.isoformat(),
        "keys": 2,
        "first_talk_at": at_hour(scene.in_days(first), 10),
    }
    return Act("hand_over_keys", data)


def _domicile(scene: Scene) -> Act:
    return Act("note_domicile", {"since": scene.today.isoformat()})


def _undo(scene: Scene) -> Act:
    scene.person.done["domicilie"] = 0  # noted again later, with the right day
    return Act("undo", {"fact": scene.t.facts[-1].seq})


def _last_is(scene: Scene, name: str) -> bool:
    return bool(scene.t.facts) and scene.t.facts[-1].name == name


def _register(scene: Scene) -> Act:
    return Act("register_lease", {"on": scene.today.isoformat()})


def _premium(scene: Scene) -> Act:
    choice = ("nu", "nu", "later", "neen")[scene.person.draw("premiekeuze", 4)]
    return Act("note_premium", {"choice": choice})


def _premium_result(scene: Scene) -> Act:
    result = "geweigerd" if scene.person.draw("premie uitkomst", 6) == 0 else "toegekend"
    data = {"choice": "nu", "result": result, "received_on": scene.today.isoformat()}
    return Act("note_premium", data)


def _allocation(scene: Scene) -> Act:
    status = ("aangevraagd", "komt_niet_in_aanmerking")[scene.person.draw("toewijzing", 2)]
    return Act("note_allocation", {"status": status, "on": scene.today.isoformat()})


def _support_ends(scene: Scene) -> Act:
    data = {"since": scene.today.isoformat(), "reason": "de begeleider kreeg ander werk"}
    return Act("report_support_ended", data)


def _pause(scene: Scene) -> Act:
    data = {
        "region": "gesprekken",
        "reason": "ziekte_crisis",
        "until": scene.in_days(30).isoformat(),
        "owner": "an",
    }
    return Act("hold", data)


def _end_pause(scene: Scene) -> Act:
    return Act("release_hold", {"region": "gesprekken"})


def _talk(scene: Scene) -> Act:
    p, talks = scene.person, scene.s.talks
    number = talks.held + 1
    data: Json = {
        "held_on": scene.today.isoformat(),
        "present": ["bewoner", "begeleider", "medewerker"],
        "weekly_support": p.draw(f"wekelijks {number}", 7) != 0,
    }
    if number == 1 and p.draw("verzekerd", 3):
        data["insurance_until"] = add_months(scene.today, 12).isoformat()
    if number == 1:
        data["energy"] = ("klaar", "neen", "nvt")[p.draw("energie", 3)]
        data["sharing_agreed"] = p.draw("afspraken", 2) == 0
    if p.draw(f"volgend {number}", 2):
        months = scene.rules.review_months
        data["next_at"] = at_hour(scene.working_day(add_months(scene.today, months)), 10)
    return Act("record_talk", data, (AN, BO)[p.draw(f"wie {number}", 2)])


def _talk_too_soon(scene: Scene) -> Act:
    planned = scene.s.talks.planned_at
    assert planned is not None, "the wish saw a planned talk"
    data = {
        "held_on": day_of(planned).isoformat(),
        "present": ["bewoner", "medewerker"],
        "weekly_support": True,
    }
    return Act("record_talk", data)


def _missed(scene: Scene) -> Act:
    return Act("talk_missed", {"reason": "was er niet en belde niet af"})


def _plan_talk(scene: Scene) -> Act:
    due = scene.s.talks.next_due
    day = max(scene.in_days(3), scene.working_day(due)) if due is not None else scene.in_days(7)
    return Act("plan_talk", {"at": at_hour(day, 14)})


def _correct_talk(scene: Scene) -> Act:
    fact = next(fact for fact in reversed(scene.t.facts) if fact.name == "record_talk")
    held = date.fromisoformat(fact.data["held_on"]) - timedelta(days=1)
    data = {
        "corrects": fact.seq,
        "reason": "het gesprek was een dag vroeger",
        "fields": {"held_on": held.isoformat()},
    }
    return Act("correct", data)
