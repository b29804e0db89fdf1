"""What a guard reads and what a move writes: one fact being weighed or carried out.

A guard returns a `Refusal` or None and changes nothing. A move changes the state and notes what
must follow (letters, tasks, questions, messages); it decides nothing that a guard should.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from models import calendar
from models.errors import Refusal
from models.facts import SYSTEM, Ask, By, Fact, Json, LetterOrder, Posting, Task, Tell
from models.letters import LETTERS, LetterKind
from models.programme import Rules
from models.state import Hold, Letter, TrajectoryState
from models.vocabulary import LetterStatus, Region, Role, Stage


@dataclass(slots=True)
class Context:
    """One fact, the state it meets, and what it brings about."""

    trajectory: str
    state: TrajectoryState
    rules: Rules
    at: datetime
    by: By = SYSTEM
    second: By | None = None
    override: str | None = None
    fact: Fact | None = None
    ordered: list[LetterOrder] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    tells: list[Tell] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    consequences: Json = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The Belgian day of the fact."""
        return calendar.day_of(self.at)

    @property
    def number(self) -> int:
        """The fact's number."""
        return self.fact.seq if self.fact is not None else 0

    def order(self, kind: LetterKind, **facts: Any) -> None:
        """Order a letter; it waits for its sending moment."""
        row = LETTERS[kind]
        key = f"{self.number}-{kind.value}"
        manages = self.state.administrator if row.about_money else None
        order = LetterOrder.trusted(
            key=key,
            kind=kind.value,
            to=[*row.to, Role.ADMINISTRATOR] if manages else list(row.to),
            channel=row.channel,
            ordered_at=self.at,
            send_at=send_moment(self.rules, self.at, facts.get("safe_post_by")),
            facts={name: _plain(value) for name, value in facts.items() if value is not None},
            approved_by=None if self.by.role is Role.SYSTEM else self.by.who,
            administrator=manages,
        )
        self.state.letters[key] = Letter(order=order, fact=self.number)
        self.ordered.append(order)

    def recall(self, kinds: tuple[LetterKind, ...] | None = None) -> list[str]:
        """Hold back the letters that have not left yet; return their keys."""
        keys = [
            key
            for key, letter in self.state.letters.items()
            if letter.status is LetterStatus.HELD
            and (kinds is None or letter.order.kind in {k.value for k in kinds})
        ]
        for key in keys:
            self.hold_back(key)
        return keys

    def recall_unposted(self, *kinds: LetterKind) -> None:
        """Hold back letters of these kinds that nobody posted yet, from the print queue too."""
        self.recall(kinds)
        wanted = {kind.value for kind in kinds}
        for key, letter in self.state.letters.items():
            if letter.order.kind in wanted and letter.status is LetterStatus.TO_PRINT:
                self.hold_back(key)
                self.done(f"print:{key}")

    def hold_back(self, key: str) -> None:
        """Hold a letter back: it does not leave, unless it did already."""
        self.letter(key, LetterStatus.RECALLED)
        self.recalled.append(key)

    def letter(self, key: str, status: LetterStatus) -> None:
        """Give a letter its new status."""
        self.state.letters[key].status = status
        self.statuses[key] = status.value

    def task(
        self,
        key: str,
        text: str,
        whom: Role = Role.COORDINATOR,
        *,
        due: date | None = None,
        hard: bool = False,
    ) -> None:
        """Give somebody something to do; the same key is one task, and opens again when done.

        An open task takes over the newest sentence: a second refusal has a reason of its own.
        """
        known = self.state.tasks.get(key)
        if known is not None and known.done_at is None:
            if known.text != text:
                known.text, known.due = text, due
                self.tasks.append(known)
            return
        task = Task.trusted(
            done_at=None,
            done_by=None,
            key=key,
            kind=key.split(":", 1)[0],
            text=text,
            whom=whom,
            opened_at=self.at,
            due=due,
            hard=hard,
        )
        self.state.tasks[key] = task
        self.tasks.append(task)

    def done(self, *prefixes: str) -> None:
        """Close the open tasks whose kind (the key up to the colon) is one of these."""
        for key, task in self.state.tasks.items():
            if task.done_at is None and (task.kind in prefixes or key in prefixes):
                task.done_at = self.at
                task.done_by = self.by.who
                self.tasks.append(task)

    def ask(self, kind: str, **data: Any) -> None:
        """Ask about a shared thing; the answer comes back as an observation."""
        ask = Ask(
            key=f"{self.number}-{kind}", kind=kind, data={k: _plain(v) for k, v in data.items()}
        )
        self.state.asks[ask.key] = ask
        self.asks.append(ask)

    def tell(self, kind: str, **data: Any) -> None:
        """Tell a shared register or another trajectory something, once."""
        self.tells.append(
            Tell.trusted(
                key=f"{self.number}-{kind}-{len(self.tells)}",
                kind=kind,
                data={k: _plain(v) for k, v in data.items()},
            )
        )

    def post(self, line: Posting) -> None:
        """Add a line to the ledger."""
        self.state.account.lines.append(line)
        self.state.account.looked_at = self.at
        self.postings.append(line)

    def end_hold(self, region: Region) -> Hold | None:
        """End a pause, when there is one; payments are looked at from now on, not for before."""
        if region is Region.PAYMENT:
            self.state.account.looked_at = self.at
        return self.state.holds.pop(region, None)

    def flag(self, text: str) -> None:
        """Note something that auditors and managers must be able to find."""
        self.flags.append(text)


def send_moment(rules: Rules, at: datetime, post_by: date | None) -> datetime:
    """Return when a letter that is ordered now leaves, or is printed when it must be posted."""
    how = {"hour": rules.send_hour, "lead_minutes": rules.send_lead_minutes}
    if post_by is not None and rules.print_same_day:
        return calendar.printing_moment(at, post_by, rules.closed, **how)
    return calendar.sending_moment(at, rules.closed, **how)


def leaves_at(rules: Rules, planned: datetime, now: datetime) -> datetime:
    """Return when a letter leaves that waits now: as planned, or late but never on a closed day."""
    if now <= planned or calendar.is_working_day(calendar.day_of(now), rules.closed):
        return planned
    return calendar.sending_moment(now, rules.closed, hour=rules.send_hour, lead_minutes=0)


def _plain(value: Any) -> Any:
    """Write a value as JSON knows it."""
    if isinstance(value, datetime):
        return calendar.stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [_plain(item) for item in items]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str | int | bool) or value is None:
        return str(value) if isinstance(value, str) else value
    return str(value)


Guard = Callable[[Context, Any], Refusal | None]
Move = Callable[[Context, Any], Stage | None]
