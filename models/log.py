"""The rows that a fact leaves in the log, numbered and chained.

One row carries the fact; a row follows for each letter that it ordered or held back. The same facts
always give the same rows and the same hashes.
"""

from models import calendar
from models.context import Context
from models.facts import GENESIS, Fact, Json, Outcome, link
from models.observations import LETTER_OBSERVATIONS
from models.programme import Rules
from models.trajectory import STEPS


class Log:
    """The end of a trajectory's log: its number, its head, and the rows not yet written.

    Hashing waits until somebody asks for a hash: a play on a virtual clock never does.
    """

    __slots__ = ("_chained", "_head", "previous", "rows", "seq")

    def __init__(self) -> None:
        """Begin before the first row."""
        self.seq = self._chained = 0
        self._head = self.previous = GENESIS
        self.rows: list[Outcome] = []

    @property
    def head(self) -> str:
        """The hash of the newest row."""
        for row in self.rows[self._chained :]:
            row.hash = self._head = link(self._head, row)
        self._chained = len(self.rows)
        return self._head

    def chained(self) -> list[Outcome]:
        """Return the rows not yet written, each with its hash."""
        assert self.head, "asking for the head chains the rows"
        return self.rows

    def written(self) -> None:
        """Let go of the rows that were handed over to be written."""
        self.previous = self.head
        self.rows, self._chained = [], 0

    def record(self, c: Context, fact: Fact, first_rules: Rules) -> None:
        """Add the rows of a fact that was carried out."""
        detail: Json = {
            "data": fact.data,
            "key": fact.key,
            "second": fact.second.model_dump(mode="json") if fact.second else None,
            "override": fact.override,
            "flags": c.flags,
            "consequences": c.consequences,
        }
        if c.tasks:
            detail["opened"] = sorted({task.key for task in c.tasks if task.done_at is None})
            detail["closed"] = sorted({task.key for task in c.tasks if task.done_at is not None})
        if fact.name in LETTER_OBSERVATIONS:
            detail["letter"] = _letter(c, fact.data["key"])
        if fact.seq == 1:
            # The rules a trajectory began with: the log alone must be enough to fold it again. As
            # they were given then: a rule that is known since adds nothing to an older row.
            detail["rules"] = first_rules.model_dump(
                mode="json", exclude_none=True, exclude_unset=True
            )
        told = {name: value for name, value in detail.items() if value}
        stamp = calendar.stamp(fact.at)
        self._row(c, fact, fact.name, told, fact.seq, stamp)
        for order in c.ordered:
            self._row(c, fact, "letter_ordered", {"letter": _letter(c, order.key)}, None, stamp)
        for key in c.recalled:
            self._row(c, fact, "letter_recalled", {"letter": _letter(c, key)}, None, stamp)

    def _row(
        self, c: Context, fact: Fact, kind: str, detail: Json, number: int | None, stamp: str
    ) -> None:
        self.seq += 1
        stage = c.state.stage
        row = Outcome.trusted(
            seq=self.seq,
            recorded_at=stamp,
            valid_from=_valid_from(fact) or stamp,
            kind=kind,
            stage=str(stage) if stage else "",
            by=fact.by.who,
            role=str(fact.by.role),
            source=str(fact.source),
            fact=number,
            detail=detail,
            hash="",
        )
        self.rows.append(row)


def _valid_from(fact: Fact) -> str | None:
    """Return the day since when a fact is true, where its step asks for one."""
    step = STEPS.get(fact.name)
    day = fact.data.get("valid_from")
    if day is None and step is not None and step.valid is not None:
        day = fact.data.get(step.valid)
    return day


def _letter(c: Context, key: str) -> Json:
    letter = c.state.letters[key]
    detail = {
        "key": key,
        "kind": letter.order.kind,
        "recipients": [str(role) for role in letter.order.to],
        "channel": str(letter.order.channel),
        "ordered_at": calendar.stamp(letter.order.ordered_at),
        "send_at": calendar.stamp(letter.order.send_at),
        "approved_by": letter.order.approved_by,
    }
    if letter.sent_at is not None:
        detail["sent_at"] = calendar.stamp(letter.sent_at)
    return {name: value for name, value in detail.items() if value is not None}
