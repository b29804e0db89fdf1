"""One person, from the referral file to the closed file, by commands alone."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.lists import wall_clock
from gateway.programmes import rules_on
from models.calendar import add_months, day_of, next_working_day
from models.communication import is_valid
from models.facts import Json
from models.money import between, quote
from models.rent import Proration, Quote
from tests.cli.conftest import Opstap, Said
from tests.running import Stack

pytestmark = pytest.mark.dev_server
PAPERS = (
    "huishoudelijk_reglement",
    "privacyverklaring",
    "energieovername",
    "restmaand",
    "welkomstbundel",
    "afspraken_overlopen",
    "inboedel",
    "begeleidingsclausule",
    "buren_verwittigd",
    "huurcontract",
)


class Life:
    """Types the commands of one person's trajectory."""

    def __init__(self, opstap: Opstap, stack: Stack, trajectory: str) -> None:
        self.opstap = opstap
        self.trajectory = trajectory
        self.today = day_of(wall_clock())
        self.rules = rules_on(stack.settings, self.today)
        self.closed = self.rules.closed

    def moment(self, days: int) -> str:
        day = next_working_day(self.today + timedelta(days=days), self.closed)
        return f"{day.day}/{day.month}/{day.year} 10:00"

    def day(self, months: int = 0, days: int = 0) -> str:
        day = add_months(self.today, months) + timedelta(days=days)
        return f"{day.day}/{day.month}/{day.year}"

    def step(self, name: str, *words: str, by: str = "an", **fields: str) -> Said:
        given = [word for one in fields.items() for word in ("--field", "=".join(one))]
        return self.opstap("step", self.trajectory, name, *given, *words, "--by", by)

    def takes(self, name: str, *words: str, by: str = "an", **fields: str) -> str:
        said = self.step(name, *words, by=by, **fields)
        assert (0, "") == (said.code, said.err)
        return said.out.splitlines()[0].rpartition("Fase: ")[2].rstrip(".")

    def future(self) -> list[Json]:
        rows: list[Json] = json.loads(self.opstap("future", self.trajectory, "--json").out)
        return rows


@pytest.fixture
def life(opstap: Opstap, stack: Stack, tmp_path: Path) -> Life:
    path = tmp_path / "aanmelding.csv"
    path.write_text(
        "naam;geboortedatum;geslacht;begeleider;woonwens\nHeel Leven;27/3/2006;v;lien;alleen\n"
    )
    (row,) = json.loads(opstap("refer", path, "--json").out)
    return Life(opstap, stack, row["trajectory"])


def test_one_person_from_referral_to_closed_file(life: Life) -> None:
    short = life.trajectory.removeprefix("trajectory-")[:8]
    assert f"{life.trajectory}  Heel Leven\n" in life.opstap("show", short, "--by", "an").out
    assert f"{life.trajectory}  H.L.\n" in life.opstap("show", short).out

    too_soon = life.step("hand_over_keys", on=life.day(), keys="2", first_talk_at=life.moment(21))
    assert (1, "") == (too_soon.code, too_soon.out)
    assert too_soon.err.startswith("'Sleutels geven' kan niet in de fase 'Wachtlijst'. Wat nu wel")

    assert "Wachtlijst" == life.takes(
        "complete_referral",
        support_since="4/1/2026",
        homelessness="dakloos",
        form_received=life.day(),
    )
    assert "Kennismaking" == life.takes(
        "call_up",
        to="kennismaking",
        at=life.moment(3),
        place="bij ons",
        not_first_reason="dringende nood",
    )
    assert "Kennismaking" == life.takes("record_reply", answer="komt", by="lien")
    assert "Intake" == life.takes(
        "record_acquaintance",
        "--second",
        "bo",
        held_on=life.day(),
        present="bewoner, begeleider",
        intake_at=life.moment(5),
    )
    assert "Intake" == life.takes("give_verdict", held_on=life.day(), verdict="start")
    assert "Intake" == life.takes("give_verdict", held_on=life.day(), verdict="start", by="bo")
    assert "Opstart" == life.takes(
        "offer_place",
        place="d6-1",
        start_on=life.day(),
        lease_end=life.day(months=12, days=-1),
    )
    moves_in(life)
    owes_the_first_month(life)
    lives_and_leaves(life)
    is_let_off_the_last_day(life)

    shown = life.opstap("show", life.trajectory).out
    assert "Fase              Afgesloten" in shown
    (row,) = [
        one
        for one in json.loads(life.opstap("list", "--stage", "afgesloten", "--json").out)
        if one["trajectory"] == life.trajectory
    ]
    assert ("H.L.", "luwte") == (row["initials"], row["partner"])


def moves_in(life: Life) -> None:
    for paper in PAPERS:
        signed = {"signed_by": "bewoner,organisatie"}
        assert "Opstart" == life.takes("finish_paper", paper=paper, done_on=life.day(), **signed)
    early = life.step("hand_over_keys", on=life.day(), keys="2", first_talk_at=life.moment(21))
    assert (1, "Nog niet in orde voor de sleutels: Plaatsbeschrijving.\n") == (
        early.code,
        early.err,
    )
    life.takes(
        "finish_paper",
        paper="plaatsbeschrijving",
        done_on=life.day(),
        signed_by="bewoner,organisatie",
        by="tom",
    )
    assert "Wonen" == life.takes(
        "hand_over_keys", on=life.day(), keys="2", first_talk_at=life.moment(21)
    )
    coming = life.future()
    assert sorted(row["at"] for row in coming) == [row["at"] for row in coming]
    letters = {row["letter"] for row in coming if row["letter"]}
    assert {"invitation_talk", "neighbours", "open_items"} <= letters
    shown = life.opstap("future", life.trajectory).out.splitlines()
    (charged, *_) = [line for line in shown if "wordt aangerekend." in line]
    (lost,) = [line for line in shown if "kan negen jaar blijven." in line]
    assert charged.endswith("  ook tijdens een pauze")
    assert lost.endswith("  harde termijn")
    ended = next(row for row in coming if row["name"] == "lease_ended")
    assert add_months(life.today, 12).isoformat() == ended["at"][:10]


def rent_of(life: Life, until: date) -> Proration:
    """What the days until a day cost, in a dwelling of one bedroom with its flat rate."""
    rent = quote(life.rules, bedrooms=1, shared=False, flat_rate=Decimal("91.50"))
    assert isinstance(rent, Quote)
    return between(life.rules, rent, life.today, until)


def owes_the_first_month(life: Life) -> None:
    month = life.today.replace(day=1)
    owed = rent_of(life, add_months(month, 1) - timedelta(days=1))
    account = json.loads(life.opstap("rent", "show", life.trajectory, "--json").out)
    assert str(owed.total) == account["balance"]["huur"]
    assert [f"charge:huur:{month.isoformat()[:7]}"] == [line["key"] for line in account["lines"]]
    assert [line.as_json() for line in owed.lines] == account["lines"][0]["lines"]
    assert is_valid(account["communication"].translate({ord(sign): None for sign in "+/"}))
    (d6,) = [
        row
        for row in json.loads(life.opstap("rent", "payable", month.isoformat()[:7], "--json").out)
        if row["dwelling"] == "d6"
    ]
    assert (str(owed.payable), 1) == (d6["amount"], d6["residents"])


def is_let_off_the_last_day(life: Life) -> None:
    left = rent_of(life, life.today).total
    account = json.loads(life.opstap("rent", "show", life.trajectory, "--json").out)
    assert str(left) == account["balance"]["huur"]
    assert "Afgesloten" == life.takes(
        "write_off", "--second", "mia", amount=str(left), reason="één dag gewoond"
    )
    assert ["Het dossier gaat toe: stappen en correcties kunnen niet meer."] == [
        row["text"] for row in life.future() if row["name"] == "archive"
    ]
    shown = life.opstap("rent", "show", life.trajectory).out
    assert "Open huur                    € 0,00" in shown
    assert "Kwijtgescholden" in shown.splitlines()[-1]
    assert (
        "Het overzicht en het grootboek kloppen met het logboek.\n"
        == life.opstap("audit", "rebuild", "--check").out
    )


def lives_and_leaves(life: Life) -> None:
    told = life.takes(
        "record_talk",
        held_on=life.day(),
        present="bewoner,begeleider",
        weekly_support="ja",
        insurance_until=life.day(months=12),
        next_at=life.moment(80),
    )
    assert "Wonen" == told
    assert "Uitstroom" == life.takes(
        "plan_exit",
        leaves_on=life.day(),
        exit_talk_at=life.moment(1),
        agreed_reason="vond een sociale woning",
    )
    assert "Nazorg" == life.takes(
        "complete_exit",
        "--data",
        '{"no_talk_reason": "wilde niet", "keys_returned": 2}',
        left_on=life.day(),
        cleaning="ok",
        energy="klaar",
        destination="sociaal_gewoon",
        durable="ja",
    )
