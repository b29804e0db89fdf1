"""After a correction: what was done already meets what should have been done.

Deadlines met stay met, letters that left are listed for rectification, unsent ones are held back or
ordered anew, printed ones leave the print queue, and a place is freed or asked again. Nothing here
edits the past.
"""

from datetime import date

from models.agenda import deadlines
from models.context import Context, send_moment
from models.corrections import Fold
from models.observations import question
from models.programme import Rules
from models.rewriting import keep_to_write_again
from models.state import Letter, TrajectoryState
from models.vocabulary import ENDED, LetterStatus, PostingKind, Stage

NO_PLACE = (*ENDED, Stage.AFTERCARE)


def reconcile(c: Context, old: TrajectoryState, old_rules: Rules, new: Fold) -> TrajectoryState:
    """Bring the folded state in line with what already happened; note the consequences in `c`."""
    before = {deadline.key for deadline in deadlines(old, old_rules)}
    state = c.state = new.state
    for key, fact in old.met.items():
        state.meet(key, fact)
    state.told = old.told
    wrong = _letters(c, old)
    _tasks(c, old)
    _asks(c, old)
    _place(c, old)
    _ledger(c, old)
    after = {deadline.key for deadline in deadlines(state, new.rules)}
    if wrong:
        c.task(
            f"rectify:{c.number}",
            f"Deze brieven klopten niet meer, stuur zo nodig een rechtzetting: {', '.join(wrong)}",
        )
    consequences = {
        "stage": [str(old.stage), str(state.stage)] if old.stage != state.stage else [],
        "dropped": [f"{fact.seq} {fact.name}" for fact in new.dropped],
        "letters_wrong": wrong,
        "letters_held_back": sorted(c.recalled),
        "deadlines_cancelled": sorted(before - after),
        "deadlines_armed": sorted(after - before),
    }
    c.consequences.update({name: value for name, value in consequences.items() if value})
    return state


def _letters(c: Context, old: TrajectoryState) -> list[str]:
    letters = c.state.letters
    wrong: list[str] = []
    for key, before in old.letters.items():
        now = letters.get(key)
        if now is not None and keep_to_write_again(c, before, now, old.tasks):
            continue
        was = _standing(c, before, now)
        wanted = now is not None and now.status is not LetterStatus.RECALLED
        same = now is not None and now.order.facts == was.order.facts
        unposted = c.rules.edition >= 2 and was.status is LetterStatus.TO_PRINT
        if was is not before:
            c.statuses[key] = was.status.value
        if was.left and (wanted or not unposted):
            letters[key] = was
            if not same:
                wrong.append(key)
        elif now is not None and wanted and not (same and was.status is not LetterStatus.RECALLED):
            _order_again(c, now)
        else:
            letters[key] = was
            if (unposted or was.status is LetterStatus.HELD) and not wanted:
                c.hold_back(key)
    for key, now in letters.items():
        if key not in old.letters and now.status is not LetterStatus.RECALLED:
            _order_again(c, now)
    return wrong


def _standing(c: Context, was: Letter, now: Letter | None) -> Letter:
    """Return a letter as it stands now that its posting, or its recall once printed, may not hold.

    A printed letter is never written again under its key: it goes back to the print queue; nor is
    a mail that was to go again: it goes after all.
    """
    if c.rules.edition < 2 or now is None or now.order.facts != was.order.facts:
        return was
    unsent = {LetterStatus.HELD, LetterStatus.TO_PRINT}
    undone = {LetterStatus.POSTED: unsent, LetterStatus.RECALLED: {LetterStatus.TO_PRINT}}
    if c.rules.edition >= 3 and now.again is not None:
        undone[LetterStatus.RECALLED] = unsent
    if now.status not in undone.get(was.status, ()):
        return was
    return was.model_copy(update={"status": now.status, "sent_at": now.sent_at})


def _order_again(c: Context, letter: Letter) -> None:
    letter.status = LetterStatus.HELD
    written = letter.order.facts.get("safe_post_by")
    post_by = None if written is None else date.fromisoformat(written)
    again = {"ordered_at": c.at, "send_at": send_moment(c.rules, c.at, post_by)}
    letter.order = letter.order.model_copy(update=again)
    c.ordered.append(letter.order)


def _tasks(c: Context, old: TrajectoryState) -> None:
    for key, task in c.state.tasks.items():
        if old.tasks.get(key) != task:
            c.tasks.append(task)
    for key, was in old.tasks.items():
        if key in c.state.tasks:
            continue
        c.state.tasks[key] = was
        # What an earlier correction asked to put right is still to be put right.
        if was.done_at is None and was.kind != "rectify":
            done = was.model_copy(update={"done_at": c.at, "done_by": c.by.who})
            c.state.tasks[key] = done
            c.tasks.append(done)


def _asks(c: Context, old: TrajectoryState) -> None:
    """Ask again what was answered for other data; wait for what is still being asked.

    A question asked again names the first one too (`12-reserve_place.7`), so that a later fold
    knows the answer as an answer to the same question.
    """
    waiting = {question(key): known for key, known in old.asks.items()}
    for key, ask in list(c.state.asks.items()):
        known = waiting.get(key)
        del c.state.asks[key]
        if known is None or known.data != ask.data:
            first = key.partition("-")[0]
            known = ask.model_copy(update={"key": f"{c.number}-{ask.kind}.{first}"})
            c.asks.append(known)
        c.state.asks[known.key] = known


def _place(c: Context, old: TrajectoryState) -> None:
    had, has = _held(old), _held(c.state)
    if had is not None and had != has:
        c.tell("free_place", place=had, until=c.day)
    if had is not None and had == has and _keys_on(old) != (keys_on := _keys_on(c.state)):
        c.tell("occupy_place", place=has, since=keys_on)
    offer, left_on = c.state.offer, _left_on(c.state)
    if offer is not None and left_on is not None and left_on != _left_on(old):
        c.tell("free_place", place=offer.place, until=left_on)
    if has is not None and had is None and not c.state.asks and c.state.referral and c.state.offer:
        lease = c.state.lease
        c.ask(
            "reserve_place",
            place=has,
            # From today on: until then it may have been somebody else's, or ours.
            start_on=max(c.day, c.state.offer.start_on),
            lease_end=lease.end if lease else c.state.offer.lease_end,
            living=c.state.referral.living,
            priority=c.state.referral.priority,
            match=c.state.match.other if c.state.match else None,
            emergency=True,
            override="correctie",
        )


def _ledger(c: Context, old: TrajectoryState) -> None:
    """Take back the lines that should not have been, add those that should: nothing is edited.

    The state goes on with the lines as they should be; the ledger shows how they came about.
    """
    was = {line.key: line for line in old.account.lines}
    now = {line.key: line for line in c.state.account.lines}
    used = {*was, *old.account.taken_back}
    if c.rules.edition >= 3:
        c.state.account.taken_back = sorted({*old.account.taken_back, *(was.keys() - now.keys())})
    for key, line in was.items():
        if now.get(key) != line:
            taken = {"key": f"correction:{c.number}:{key}", "kind": PostingKind.CORRECTION}
            text = f"Rechtzetting: {line.text}"
            rest = {"amount": -line.amount, "counters": key, "text": text, "lines": []}
            c.postings.append(line.model_copy(update={**taken, **rest, **_today(c)}))
    for key, line in now.items():
        if was.get(key) != line:
            again = {"key": f"{key}@{c.number}" if key in used else key}
            c.postings.append(line.model_copy(update={**again, **_today(c)}))


def _today(c: Context) -> dict[str, date]:
    return {"booked_on": c.day, "value_on": c.day}


def _keys_on(state: TrajectoryState) -> date | None:
    return state.lease.keys_on if state.lease else None


def _left_on(state: TrajectoryState) -> date | None:
    return state.leaving.left_on if state.leaving else None


def _held(state: TrajectoryState) -> str | None:
    offer = state.offer
    if offer is None or offer.pending or state.stage in NO_PLACE:
        return None
    return offer.place
