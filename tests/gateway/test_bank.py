from collections.abc import Callable
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from gateway import bank, bank_queue, sending
from gateway.errors import NoAnswer, NotFound, Refused
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.calendar import day_of
from models.facts import By, Json
from models.vocabulary import Debt, Role
from stores import bank_telling, communications
from tests.bank.making import Block, Line, coda
from tests.gateway.test_adopt import resident

pytestmark = pytest.mark.dev_server
BEA = By(who="bea", role=Role.BOOKKEEPER)
AN = By(who="an", role=Role.COORDINATOR)
Form = Callable[..., ReferralForm]
_ACCOUNTS = (f"BE{n:014}" for n in count(1))


@pytest.fixture
async def housed(gateway: Gateway, form: Form) -> Callable[[str], object]:
    async def make(place: str) -> tuple[str, str]:
        told = await gateway.adopt(resident(gateway, form(), place), AN)
        digits = await communications.of(gateway.engine, told.trajectory)
        assert digits is not None
        return told.trajectory, digits

    return make


def statement(gateway: Gateway, *lines: Line) -> Block:
    """A first statement of an account of its own, of today."""
    today = day_of(gateway.clock()).isoformat()
    return Block(list(lines), account=next(_ACCOUNTS), opens_on=today, closes_on=today)


async def paid(gateway: Gateway, trajectory: str) -> list[tuple[str, str]]:
    """The payments that the resident's own account has."""
    lines: list[Json] = (await gateway.view(trajectory))["state"]["account"]["lines"]
    wanted = ("betaling", "terugname")
    return [(line["kind"], line["amount"]) for line in lines if line["kind"] in wanted]


async def test_a_payment_is_heard_once_however_often_it_is_told(
    gateway: Gateway, housed: Callable[..., object], tmp_path: Path
) -> None:
    who, digits = await housed("d3-1")  # type: ignore[misc]
    path = tmp_path / "maart.cod"
    path.write_bytes(coda(statement(gateway, Line("327.00", digits=digits))))

    (taken,) = await bank.import_file(gateway, path, BEA)
    assert 1 == taken.booked
    untold = await bank_telling.untold(gateway.engine)
    assert 1 == (await bank.deliver(gateway)).told
    assert [("betaling", "-327.00")] == await paid(gateway, who)

    # As after a crash between telling and noting that it was told.
    said = bank.Delivered()
    await bank._tell_all(gateway, untold, said)
    assert 1 == said.told
    assert [("betaling", "-327.00")] == await paid(gateway, who)
    (again,) = await bank.import_file(gateway, path, BEA)
    assert (True, 0) == (again.already, (await bank.deliver(gateway)).told)


async def test_what_cannot_be_told_now_is_told_later(
    gateway: Gateway,
    housed: Callable[..., object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who, digits = await housed("d5-1")  # type: ignore[misc]
    path = tmp_path / "april.cod"
    lines = [Line(amount, digits=digits) for amount in ("1.00", "2.00", "3.00")]
    path.write_bytes(coda(statement(gateway, *lines)))
    await bank.import_file(gateway, path, BEA)

    real, said = sending.tell, count(1)

    async def tell(*given: object) -> None:
        if next(said) == 2:
            raise NoAnswer("Opstap antwoordt niet op tijd.")
        await real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(bank, "tell_heard", tell)
    with pytest.raises(NoAnswer):
        await bank.deliver(gateway)
    assert [("betaling", "-1.00")] == await paid(gateway, who)
    assert 2 == (await bank.deliver(gateway)).told
    assert [("betaling", f"-{n}.00") for n in (1, 2, 3)] == await paid(gateway, who)


async def test_one_that_is_not_answered_stops_the_telling(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def tell(_client: object, _sign: object, trajectory: str, _heard: object) -> None:
        asked.append(trajectory)
        raise NoAnswer("Opstap antwoordt niet op tijd.")

    today = day_of(gateway.clock())
    batch = [
        bank_telling.Untold(f"m-{n}", 1, f"t-{n}", Decimal(1), None, None, today, today, "f")
        for n in range(100)
    ]
    monkeypatch.setattr(bank, "tell_heard", tell)
    with pytest.raises(NoAnswer):
        await bank._tell_all(gateway, batch, bank.Delivered())
    assert ["t-0"] == asked


async def test_a_payment_for_who_never_lived_here_comes_back_to_the_queue(
    gateway: Gateway, form: Form, tmp_path: Path
) -> None:
    referred = await gateway.refer(form(), By(who="lien", role=Role.SUPPORTER))
    digits = await communications.of(gateway.engine, referred.trajectory)
    path = tmp_path / "mei.cod"
    path.write_bytes(coda(statement(gateway, Line("88.00", digits=digits or ""))))
    await bank.import_file(gateway, path, BEA)
    assert 1 == (await bank.deliver(gateway)).refused
    (one,) = [p for p in await bank_queue.queue(gateway, BEA) if Decimal("88.00") == p.amount]
    assert "Deze persoon huurt hier niet: er is geen rekening." == one.why


async def test_a_person_splits_a_transfer_and_takes_it_back(
    gateway: Gateway, housed: Callable[..., object], tmp_path: Path
) -> None:
    an, _ = await housed("d7-1")  # type: ignore[misc]
    bo, _ = await housed("d9-1")  # type: ignore[misc]
    path = tmp_path / "ocmw.cod"
    path.write_bytes(coda(statement(gateway, Line("540.51", name="OCMW ANTWERPEN"))))
    await bank.import_file(gateway, path, BEA)
    (one,) = [p for p in await bank_queue.queue(gateway, BEA) if Decimal("540.51") == p.amount]

    named = [bank_queue.read_target(f"{an}=327,00:energie"), bank_queue.read_target(bo)]
    shares = await bank_queue.assign(gateway, one.id, named, BEA)
    assert [
        (an, Decimal("327.00"), Debt.ENERGY),
        (bo, Decimal("213.51"), None),
    ] == [tuple(share) for share in shares]
    assert 2 == (await bank.deliver(gateway)).told
    assert [("betaling", "-327.00")] == await paid(gateway, an)
    assert [("betaling", "-213.51")] == await paid(gateway, bo)

    await bank_queue.take_back(gateway, one.id, BEA)
    assert 2 == (await bank.deliver(gateway)).told
    assert [("betaling", "-327.00"), ("terugname", "327.00")] == await paid(gateway, an)


async def test_parts_that_do_not_add_up_are_refused(
    gateway: Gateway, housed: Callable[..., object], tmp_path: Path
) -> None:
    who, _ = await housed("d11-1")  # type: ignore[misc]
    path = tmp_path / "delen.cod"
    path.write_bytes(coda(statement(gateway, Line("100.02", name="IEMAND"))))
    await bank.import_file(gateway, path, BEA)
    (one,) = [p for p in await bank_queue.queue(gateway, BEA) if Decimal("100.02") == p.amount]
    for target, sentence in (
        (f"{who}=90,00", "De delen tellen op tot € 90,00, en de betaling is € 100,02."),
        (f"{who}=312,5", "'312,5' is geen bedrag. Schrijf het zo: 312,50."),
        (
            f"{who}=9:boete",
            "'boete' is geen schuld die we kennen. Kies uit: huur, schade, energie.",
        ),
    ):
        with pytest.raises(Refused) as refused:
            await bank_queue.assign(gateway, one.id, [bank_queue.read_target(target)], BEA)
        assert sentence == str(refused.value)
    with pytest.raises(Refused, match=r"Voor m-.* is er geen voorstel. Noem de bewoner."):
        await bank_queue.assign(gateway, one.id, [], BEA)
    with pytest.raises(NotFound, match="Er is geen betaling 'm-zzz'"):
        await bank_queue.assign(gateway, "m-zzz", [], BEA)


async def test_what_waited_in_quarantine_follows_the_statement_it_waited_for(
    gateway: Gateway, tmp_path: Path
) -> None:
    first = statement(gateway, Line("5.01"))
    second = Block([], account=first.account, number=48, opening="1005.01")
    third = Block([Line("7.03")], account=first.account, number=49, opening="1005.01")
    for block in (second, third):
        block.opens_on = block.closes_on = first.closes_on
    second.lines = [Line("0.00")]
    found = []
    for block in (first, third, second):
        path = tmp_path / f"{block.number}.cod"
        path.write_bytes(coda(block))
        found.append([(one.file, one.status) for one in await bank.import_file(gateway, path)])
    assert [
        [("47.cod", "ingelezen")],
        [("49.cod", "quarantaine")],
        [("48.cod", "ingelezen"), ("49.cod", "ingelezen")],
    ] == found


async def test_only_who_works_with_money_may(gateway: Gateway, tmp_path: Path) -> None:
    path = tmp_path / "niet.cod"
    path.write_bytes(b"")
    with pytest.raises(Refused) as refused:
        await bank.import_file(gateway, path, By(who="gil", role=Role.GROUP_WORKER))
    assert "Dit kan alleen wie met geld werkt: boekhouder, coördinator, leidinggevende." == str(
        refused.value
    )
