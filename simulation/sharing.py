"""How people behave who may share a dwelling: the meeting, what came of it, and giving up."""

from collections.abc import Iterator
from datetime import timedelta

from models.calendar import day_of
from models.facts import Json
from simulation.acts import Act, Scene, Wish
from simulation.admission import support, withdraw

FIVE = ["bewoner", "andere_bewoner", "begeleider", "andere_begeleider", "medewerker"]


def matching(scene: Scene) -> Iterator[Wish]:
    """Yield the meeting with a possible housemate; the first of the two in order of id notes it."""
    s, p = scene.s, scene.person
    yield from support(scene)
    match = s.match
    if match is not None:
        if match.confirmed and (scene.t.id < match.other or s.stage != "matching"):
            after = match.at + timedelta(hours=2)
            yield Wish(day_of(after), f"match {match.talks} {match.other}", _match_talk, after)
        if match.outcome == "match" and s.stage == "matching":
            day = day_of(match.at) + timedelta(days=50)
            yield Wish(day, f"match zonder woning {match.other}", _match_without_place)
    if p.gives_up_on is not None and s.stage == "matching":
        yield Wish(p.gives_up_on, "intrekken", withdraw)


# ---- the steps themselves ----------------------------------------------------------------------
def _match_talk(scene: Scene) -> Act:
    p, match = scene.person, scene.s.match
    assert match is not None, "the wish saw a match"
    outcome = ("match", "match", "match", "geen_match", "nog_eens")[
        p.draw(f"uitkomst {match.other} {match.talks}", 5)
    ]
    data: Json = {"held_on": scene.today.isoformat(), "present": FIVE, "outcome": outcome}
    if p.draw(f"aanwezig {match.other}", 5) == 0:
        data["present"] = FIVE[:2] + FIVE[4:]
        data["absent_reason"] = "de begeleiders waren verhinderd"
    return Act("record_match_talk", data)


def _match_without_place(scene: Scene) -> Act:
    reason = "er was een match, maar geen woning die voor beiden vrij kwam"
    return Act("return_to_waitlist", {"reason": reason})
