"""How contract and stay end: notice, extension, own notice, sudden departure, exit, debt."""

from collections.abc import Iterator
from datetime import date, timedelta

from models.calendar import add_months, add_working_days, day_of, is_working_day
from models.contract import safe_day
from models.facts import Json
from models.state import Lease
from models.vocabulary import ContractStage, LetterStatus
from simulation.acts import Act, Scene, Wish, at_hour
from simulation.people import AN, CIS

SUDDEN = frozenset({"vertrokken", "gevangenis_terug", "gevangenis_uit"})
BARCODE = "0105412{:023d}"


def contract(scene: Scene) -> Iterator[Wish]:
    """Yield the duties around the end of the lease, whatever else goes on."""
    p, s, lease = scene.person, scene.s, _lease(scene)
    safe = safe_day(lease.end, scene.rules)
    if s.contract is ContractStage.RUNNING and not (s.leaving and s.leaving.by_resident):
        yield from _extension(scene, lease)
        day = safe - timedelta(days=26 - p.draw(f"goedkeuren {lease.end}", 10))
        if p.alarm:
            day = safe - timedelta(days=9)
        if "verkeerd_contracteinde" in p.mistakes:
            yield Wish(day, "fout:contracteinde", _approve_wrong)
        yield Wish(_open_day(scene, day, safe), f"goedkeuren {lease.end}", _approve)
    elif s.contract is ContractStage.NOTICE_READY:
        if p.draw("brief fout", 10) == 0 and _registered_held(scene) and not p.done["tegenhouden"]:
            yield Wish(scene.today, "tegenhouden", _recall)
        if _registered_printed(scene):
            yield Wish(_posting_day(scene, safe), f"posten {lease.end}", _post)
    elif s.contract is ContractStage.POSTED and s.notice.posted_on is not None:
        if not s.notice.proofs:
            day = s.notice.posted_on + timedelta(days=4)
            yield Wish(day, f"bewijs {lease.end}", _proof)
        yield from _extension(scene, lease)


def ending(scene: Scene) -> Iterator[Wish]:
    """Yield how this person's stay ends, from living or during the notice."""
    p, s, lease = scene.person, scene.s, _lease(scene)
    day = lease.keys_on + timedelta(days=p.leaves_after)
    if p.relocates and not p.done["noodherplaatsing"] and scene.world.free_reserve():
        yield Wish(lease.keys_on + timedelta(days=70), "noodherplaatsing", _relocate)
    if s.stage == "wonen":
        if p.ending == "zelf":
            yield Wish(day, "zelf opzeggen", _own_notice)
        elif p.ending == "overleg":
            yield Wish(day, "vertrek in overleg", _agreed_exit)
        elif p.ending in SUDDEN and not p.done["vertrokken"]:
            yield Wish(day, "vertrokken", _gone)
    if s.stage == "opzeg":
        before = lease.end - timedelta(days=20 + p.draw("vertrek plannen", 10))
        yield Wish(before, f"vertrek plannen {lease.end}", _plan_exit)


def exiting(scene: Scene) -> Iterator[Wish]:
    """Yield the exit of who leaves."""
    s = scene.s
    leaving = s.leaving
    if leaving is None:
        return
    if leaving.exit_talk_at is None and leaving.leaves_on > scene.today + timedelta(days=4):
        day = leaving.leaves_on - timedelta(days=14)
        yield Wish(day, f"exit plannen {leaving.leaves_on}", _plan_exit)
    if s.premium == "later" and s.premium_result is None and not scene.person.done["premie later"]:
        yield Wish(scene.today + timedelta(days=2), "premie later", _premium_later)
    if "energie_niet_in_orde" in scene.person.mistakes:
        yield Wish(leaving.leaves_on, "fout:energie", _exit_without_energy)
    yield Wish(leaving.leaves_on, "vertrek afronden", _complete)


def departed(scene: Scene) -> Iterator[Wish]:
    """Yield what becomes of somebody who is suddenly gone."""
    departure = scene.s.departure
    assert departure is not None, "who is gone departed"
    if scene.person.ending == "gevangenis_terug":
        days = 25 + scene.person.draw("terug", 40)
        yield Wish(departure.since + timedelta(days=days), "terug", _back)
    else:
        yield Wish(departure.clear_by + timedelta(days=3), "vertrek afronden", _complete)


def aftercare(scene: Scene) -> Iterator[Wish]:
    """Yield the end of a debt: paid, or let go by two people."""
    p, ended = scene.person, scene.s.ended_on
    assert ended is not None, "aftercare follows an end"
    if scene.s.debt <= 0:
        yield Wish(scene.today, "dossier sluiten", _close)
    else:
        patience = 180 if p.draw("betaalt", 3) else 75
        yield Wish(ended + timedelta(days=patience), "kwijtschelden", _write_off)


def closed(scene: Scene) -> Iterator[Wish]:
    """Yield a recommendation for some who left well."""
    p, s = scene.person, scene.s
    left_well = s.lease is not None and p.draw("aanbeveling", 4) == 0
    if left_well and s.ended_on is not None and not (s.archived or p.done["aanbeveling"]):
        yield Wish(s.ended_on + timedelta(days=6), "aanbeveling", _recommend)


# ---- around the notice -------------------------------------------------------------------------
def _lease(scene: Scene) -> Lease:
    lease = scene.s.lease
    assert lease is not None, "every resident has a lease"
    return lease


def _open_day(scene: Scene, day: date, last: date) -> date:
    """Return a working day not after the last one, for what must not be late."""
    while not is_working_day(day, scene.rules.closed) and day < last:
        day += timedelta(days=1)
    return min(day, last)


def _posting_day(scene: Scene, safe: date) -> date:
    """Return the day of posting: soon, or in the days of the alarm; never after the safe day."""
    p = scene.person
    if p.alarm:
        days = p.draw(f"alarm {safe}", scene.rules.notice_alarm_working_days)
        return add_working_days(safe, -days, scene.rules.closed) if days else safe
    return min(_open_day(scene, scene.today + timedelta(days=2), safe), safe)


def _registered_held(scene: Scene) -> bool:
    return _registered(scene) is LetterStatus.HELD


def _registered_printed(scene: Scene) -> bool:
    return _registered(scene) is LetterStatus.TO_PRINT


def _registered(scene: Scene) -> LetterStatus | None:
    letters = [x for x in scene.s.letters.values() if x.order.kind == "notice_registered"]
    return letters[-1].status if letters else None


def _extension(scene: Scene, lease: Lease) -> Iterator[Wish]:
    p = scene.person
    if p.ending == "verlenging" and lease.extended == 0 and not p.done["verlengen"]:
        day = lease.end - timedelta(days=30 + p.draw("verlengen", 100))
        yield Wish(day, "verlengen", _extend)
    elif lease.extended and "twee_keer_verlengen" in p.mistakes:
        yield Wish(scene.today + timedelta(days=20), "fout:verlengen", _extend)


def _approve(scene: Scene) -> Act:
    return Act("approve_notice", {"lease_end": _lease(scene).end.isoformat()})


def _approve_wrong(scene: Scene) -> Act:
    wrong = _lease(scene).end + timedelta(days=1)
    return Act("approve_notice", {"lease_end": wrong.isoformat()})


def _recall(scene: Scene) -> Act:
    key = next(
        key
        for key, letter in reversed(scene.s.letters.items())
        if letter.order.kind == "notice_registered"
    )
    return Act("recall_letter", {"letter": key})


def _post(scene: Scene) -> Act:
    first = scene.person.draw("barcode", 10**9)
    codes = [BARCODE.format(first + number) for number in (1, 2)]
    return Act("record_posting", {"posted_on": scene.today.isoformat(), "barcodes": codes})


def _proof(scene: Scene) -> Act:
    kind = ("ontvangst", "ontvangst", "ongeopend")[scene.person.draw("bewijs", 3)]
    return Act("attach_proof", {"kind": kind, "file": f"bewijs-{scene.today}.pdf"})


def _extend(scene: Scene) -> Act:
    lease, offer = _lease(scene), scene.s.offer
    new_end = add_months(lease.end, 3 + scene.person.draw("maanden", 4))
    if offer is not None and offer.available_until is not None:
        new_end = min(new_end, offer.available_until)
    data = {
        "new_end": new_end.isoformat(),
        "signed_on": scene.today.isoformat(),
        "reason": "de nieuwe woning is nog niet klaar",
    }
    return Act("extend_lease", data, AN, "cis:manager")


# ---- leaving -----------------------------------------------------------------------------------
def _relocate(scene: Scene) -> Act:
    data = {
        "place": scene.world.free_reserve(),
        "on": scene.today.isoformat(),
        "reason": "conflict in het gebouw",
    }
    return Act("relocate", data, AN, "cis:manager")


def _own_notice(scene: Scene) -> Act:
    lease = _lease(scene)
    leaves = add_months(scene.today.replace(day=1), 1 + scene.rules.tenant_notice_months)
    leaves -= timedelta(days=1)
    data: Json = {"received_on": scene.today.isoformat()}
    if scene.person.draw("afzien", 3) == 0:
        leaves, data["waived"] = scene.today + timedelta(days=30), True
    data["leaves_on"] = min(leaves, lease.end).isoformat()
    return Act("resident_gives_notice", data)


def _agreed_exit(scene: Scene) -> Act:
    day = min(scene.today + timedelta(days=35), _lease(scene).end)
    return _exit_on(scene, day, agreed="vond zelf een woning")


def _plan_exit(scene: Scene) -> Act:
    leaving = scene.s.leaving
    return _exit_on(scene, leaving.leaves_on if leaving else _lease(scene).end)


def _exit_on(scene: Scene, leaves: date, agreed: str | None = None) -> Act:
    talk = leaves - timedelta(days=1)
    while not is_working_day(talk, scene.rules.closed):
        talk -= timedelta(days=1)
    talk = max(talk, scene.in_days(1))
    data = {"leaves_on": leaves.isoformat(), "exit_talk_at": at_hour(talk, 15)}
    if agreed is not None:
        data["agreed_reason"] = agreed
    return Act("plan_exit", data)


def _gone(scene: Scene) -> Act:
    prison = scene.person.ending != "vertrokken"
    data = {
        "since": scene.today.isoformat(),
        "kind": "gevangenis" if prison else "vertrokken",
        "post_to": "gevangenis" if prison else "begeleider",
        "clears": "begeleider",
        "clear_by": scene.in_days(30).isoformat(),
    }
    return Act("report_departure", data)


def _back(scene: Scene) -> Act:
    return Act("resident_returns", {"on": scene.today.isoformat()})


def _complete(scene: Scene) -> Act:
    p, s = scene.person, scene.s
    leaving, departure = s.leaving, s.departure
    data: Json = {"left_on": scene.today.isoformat()}
    if leaving is not None and departure is None:
        data["left_on"] = min(leaving.leaves_on, scene.today).isoformat()
    if leaving is not None and leaving.exit_talk_at is not None and departure is None:
        data["talk_on"] = min(day_of(leaving.exit_talk_at), scene.today).isoformat()
    else:
        data["no_talk_reason"] = "de bewoner was er niet meer"
    data["keys_returned"] = 2 if departure is None else p.draw("sleutels", 3)
    data["cleaning"] = "kosten" if p.debt else "ok"
    if p.debt:
        data["cost"] = f"{60 + p.draw('kosten', 500)}.00"
    data["energy"] = "klaar"
    data |= _destination(scene)
    return Act("complete_exit", data)


def _destination(scene: Scene) -> Json:
    p = scene.person
    if p.ending == "gevangenis_uit":
        return {"destination": "gevangenis", "durable": "neen"}
    where = ("prive", "prive", "sociaal_gewoon", "sociaal_versneld", "netwerk", "groepswonen",
             "hotel", "andere")[p.draw("bestemming", 8)]  # fmt: skip
    durable = {"netwerk": "tijdelijk", "hotel": "neen", "andere": "neen"}.get(where, "ja")
    return {"destination": where, "durable": durable}


def _exit_without_energy(scene: Scene) -> Act:
    act = _complete(scene)
    return act._replace(data={**act.data, "energy": "neen"})


def _premium_later(scene: Scene) -> Act:
    return Act("note_premium", {"choice": "later", "result": "aangevraagd"})


def _close(scene: Scene) -> Act:
    return Act("close_file", {"settled_on": scene.today.isoformat()})


def _write_off(scene: Scene) -> Act:
    data = {"amount": str(scene.s.debt), "reason": "heeft geen inkomen meer"}
    return Act("write_off", data, CIS, "an:coordinator")


def _recommend(scene: Scene) -> Act:
    return Act("recommend", {"consent": True})
