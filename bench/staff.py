"""The staff of the endurance run: people who take steps, and ask again until they are answered.

Each resident's steps are a plan of its own; when the plan is done they pause, resume and change
supporters until the run is over. A request keeps its id however often it is asked.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from time import monotonic
from typing import Any

from temporalio.client import Client

from bench.residents import BORN, referral, request, signed, today
from gateway.errors import NoAnswer, NotFound
from gateway.programmes import rules_on
from gateway.sending import begin, send, settle
from gateway.settings import Settings
from models.calendar import add_months, add_working_days, is_working_day
from models.facts import Json, Start
from models.programme import Rules
from models.trajectory import STEPS

Act = tuple[str, Json, str]
ASKING = ("call_up", "offer_place")
# Letters leave at once: their moment is counted from an order long before this one. A mail whose
# sender was killed with it waits for a person: gone once more, it would count as there twice.
AT_ONCE = {"send_lead_minutes": -30 * 24 * 60, "resend_minutes": None}


def rules() -> Rules:
    """Return the programme's rules, with letters that leave at once, and once."""
    return rules_on(Settings(), today()).model_copy(update=AT_ONCE)


def letters_leave() -> bool:
    """Whether letters leave today: not on a closed day, not even after a crash."""
    return is_working_day(today(), rules().closed)


@dataclass
class Staff:
    """What was asked and answered: request id → trajectory, in order of the answers."""

    client: Client
    settings: Settings
    rng: Random
    think: tuple[float, float]
    answered: dict[str, str] = field(default_factory=dict)
    abandoned: dict[str, str] = field(default_factory=dict)
    asked_again: int = 0
    longest: float = 0.0
    over: bool = False

    async def accompany(self, trajectory: str, number: int, *, gives_back: bool) -> None:
        """Take the steps of one resident, until the run is over."""
        await asyncio.sleep(self.rng.uniform(0, self.think[1]))
        for count, (step, data, who) in enumerate(plan(number, today(), gives_back=gives_back)):
            await self.take(trajectory, step, data, f"{trajectory}-{count}", who)
            if self.over and count >= 1:
                return
            await asyncio.sleep(self.rng.uniform(*self.think))

    async def take(self, trajectory: str, step: str, data: Json, key: str, who: str = "an") -> None:
        """Take one step, asking until it is answered."""
        began = monotonic()
        await self._ask_on(trajectory, step, request(data, key, who))
        self.answered[key] = trajectory
        self.longest = max(self.longest, monotonic() - began)

    async def abandon(self, trajectory: str, key: str) -> None:
        """Ask for a letter-bringing step whose answer nobody will wait for: cancel to go away."""
        self.abandoned[key] = trajectory
        data = _supporter("sam", "kamino", today())
        await self._ask_on(trajectory, "change_supporter", request(data, key, "bo"))

    async def _ask_on(self, trajectory: str, step: str, asked: Json) -> None:
        while True:
            try:
                return await self._ask(trajectory, step, asked)
            except (NoAnswer, NotFound):
                # A cancelled call comes back as one without an answer.
                if _cancelled():
                    raise asyncio.CancelledError from None
                self.asked_again += 1
                await asyncio.sleep(0.2)

    async def _ask(self, trajectory: str, step: str, asked: Json) -> None:
        asked = signed(trajectory, step, asked)
        if step == "refer":
            start = Start(trajectory=trajectory, rules=rules())
            await begin(self.client, self.settings, start, step, asked)
            return
        answer = await send(self.client, trajectory, step, asked)
        if step in ASKING:
            await settle(self.client, answer, step, STEPS[step].label, within=90)


def _cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def place_of(number: int) -> str:
    """Return the place that this resident is offered."""
    return f"d{number}-1"


def plan(number: int, day: date, *, gives_back: bool) -> Iterator[Act]:
    """Yield the steps of one resident, without an end; every other one may give the place back."""
    lately = (day - timedelta(days=100)).isoformat()
    closed = rules().closed
    meeting = f"{add_working_days(day, 5, closed).isoformat()}T10:00"
    reason = "begeleider vraagt het"
    yield "refer", referral(BORN), "an"
    yield "complete_referral", {"support_since": lately, "form_received": day.isoformat()}, "an"
    yield "change_supporter", _supporter("sam", "kamino", day), "bo"
    yield (
        "call_up",
        {"to": "intake", "at": meeting, "place": "kantoor", "not_first_reason": reason},
        "an",
    )
    yield "record_reply", {"answer": "komt"}, "an"
    yield "give_verdict", {"held_on": day.isoformat(), "verdict": "start"}, "an"
    yield "give_verdict", {"held_on": day.isoformat(), "verdict": "start"}, "bo"
    offer: dict[str, Any] = {"place": place_of(number), "start_on": day.isoformat()}
    end = add_months(day, 12) - timedelta(days=1)
    yield "offer_place", {**offer, "lease_end": end.isoformat()}, "an"
    yield "note_premium", {"choice": "later"}, "an"
    if gives_back and number % 2:
        yield "release_place", {"reason": "geweigerd"}, "an"
    while True:
        yield "hold", _pause("contract", day), "an"
        yield "change_supporter", _supporter("lien", "joba", day), "bo"
        yield "release_hold", {"region": "contract"}, "an"
        yield "change_supporter", _supporter("sam", "kamino", day), "an"


def last_step(day: date) -> Act:
    """Return the one more step at the end, which is always allowed."""
    return "hold", _pause("betaling", day), "bo"


def _pause(region: str, day: date) -> Json:
    until = (day + timedelta(days=30)).isoformat()
    return {"region": region, "reason": "ziekte_crisis", "until": until, "owner": "an"}


def _supporter(supporter: str, partner: str, day: date) -> Json:
    told = {"supporter": supporter, "partner": partner, "supports": True}
    return {**told, "since": day.isoformat()}
