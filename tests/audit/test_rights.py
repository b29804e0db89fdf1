"""The rights of the person against the stack: who may erase whom, what breaks off, who is due."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from audit import erasing
from audit.erasing import erase_person, pair, weigh
from audit.mails import delete_mails
from audit.person_export import person_files
from audit.retention import due
from gateway.errors import NotFound, Refused
from gateway.programmes import find_programme
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.calendar import add_months, day_of
from models.choices import EraseReason
from models.facts import By
from models.visibility import MASK
from models.vocabulary import Role
from privacy import tombstones
from privacy.keys import is_forgotten
from stores import outcomes, people
from stores.erasures import list_erasures

pytestmark = [pytest.mark.dev_server, pytest.mark.timeout(180)]
AN = By(who="an", role=Role.COORDINATOR)
GIL = By(who="gil", role=Role.GROUP_WORKER)
MIA = By(who="mia", role=Role.MANAGER)
TOM = By(who="tom", role=Role.TECHNICAL)
WISH = EraseReason.WISH
LEGAL = {"region": "traject", "reason": "juridisch", "owner": "an"}


async def ended(gateway: Gateway, name: str) -> str:
    form = ReferralForm.model_validate(
        {
            "name": name,
            "birth_date": "2007-03-27",
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
        }
    )
    trajectory = (await gateway.refer(form, By(who="lien", role=Role.SUPPORTER))).trajectory
    why = {"asked_by": "jongere", "reason": "iets anders"}
    await gateway.step(trajectory, "withdraw", why, AN)
    return trajectory


def test_erasing_asks_two_people_of_the_team_one_of_them_a_manager() -> None:
    for both, sentence in (
        ((MIA, MIA), "Wissen vraagt twee verschillende mensen."),
        ((AN, GIL), "Bij wissen hoort een leidinggevende: geef die op als een van de twee."),
        ((TOM, MIA), "Wissen doet het team zelf, geen technisch beheerder."),
    ):
        with pytest.raises(Refused) as refused:
            pair(*both, WISH)
        assert sentence == refused.value.text
    assert (MIA, AN) == pair(AN, MIA, WISH)[:2]


async def test_a_legal_pause_and_a_period_that_runs_refuse(gateway: Gateway) -> None:
    mine = await ended(gateway, "Stormvogel Verzonnen")
    today = day_of(gateway.clock())
    until = today + timedelta(days=400)
    with pytest.raises(Refused, match=r": de bewaartermijn loopt tot \d"):
        await weigh(gateway, mine, EraseReason.TERM)
    with pytest.raises(Refused) as long:
        await gateway.step(mine, "hold", {**LEGAL, "until": until.isoformat()}, AN)
    assert "hold_length" == long.value.code
    soon = today + timedelta(days=20)
    await gateway.step(mine, "hold", {**LEGAL, "until": soon.isoformat()}, AN)
    with pytest.raises(Refused) as refused:
        await weigh(gateway, mine, WISH)
    assert ("legal_hold", True) == (
        refused.value.code,
        "Er loopt een juridische procedure (pauze op traject sinds " in refused.value.text,
    )
    await gateway.step(mine, "release_hold", {"region": "traject"}, AN)
    assert [mine] == await weigh(gateway, mine, WISH)
    with pytest.raises(NotFound):
        await weigh(gateway, "trajectory-nobody", WISH)


async def test_what_broke_off_halfway_is_finished_when_asked_again(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await ended(gateway, "Wolkbreuk Verzonnen")
    asked = pair(MIA, AN, WISH, "belde op maandag")

    async def power_cut(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as cut:
        cut.setattr(erasing, "erase", power_cut)
        with pytest.raises(OSError, match="power cut"):
            await erase_person(gateway, mine, asked)
    assert not await is_forgotten(gateway.engine, mine)
    assert mine in [
        one.trajectory for one in tombstones.read(gateway.settings.proof / tombstones.FILE)
    ]

    done, again = [await erase_person(gateway, mine, asked) for _ in range(2)]

    assert ([mine], False, True) == (done.trajectories, done.already, again.already)
    rows = await outcomes.sealed_rows(gateway.engine, mine)
    assert 1 == [row.kind for row in rows].count("erase_file")
    assert "belde" not in "".join(row.model_dump_json() for row in rows)
    (kept,) = [one for one in await list_erasures(gateway.engine) if one.trajectory == mine]
    assert ("mia", "manager", "an", "coordinator", "vraag_persoon") == (
        kept.who,
        kept.role,
        kept.second,
        kept.second_role,
        kept.reason,
    )
    with pytest.raises(NotFound):
        await person_files(gateway.engine, mine, gateway.clock())


async def test_who_is_due_is_known_by_the_periods_of_the_profile(gateway: Gateway) -> None:
    mine = await ended(gateway, "Dauwdruppel Verzonnen")
    programme = find_programme(gateway.settings)
    today = day_of(gateway.clock())

    async def mine_on(day: date) -> list[tuple[str, str | None]]:
        found = await due(gateway.engine, programme, day)
        return [(one.what, one.held_back) for one in found if one.trajectory == mine]

    until = add_months(today, 12)
    assert ([], [("kandidaat", None)]) == (
        await mine_on(until - timedelta(days=1)),
        await mine_on(until + timedelta(days=2)),
    )


async def test_a_restricted_file_is_read_by_who_needs_it(gateway: Gateway) -> None:
    mine = await ended(gateway, "Nevelslier Verzonnen")
    assert MASK == (await gateway.view(mine, TOM))["state"]["referral"]["birth_date"]
    assert "2007-03-27" == (await gateway.view(mine, AN))["state"]["referral"]["birth_date"]
    await gateway.step(mine, "restrict", {"reason": "betwist"}, AN)
    with pytest.raises(Refused) as refused:
        await gateway.view(mine, TOM)
    assert "restricted" == refused.value.code
    assert mine == (await gateway.view(mine, AN))["trajectory"]
    await gateway.step(mine, "lift_restriction", {"reason": "nagekeken"}, AN)
    assert mine == (await gateway.view(mine, TOM))["trajectory"]


async def test_only_the_mails_about_the_person_go(gateway: Gateway, tmp_path: Path) -> None:
    mine = await ended(gateway, "Ijspegel Verzonnen")
    named = {
        "header.eml": b"To: =?utf-8?q?IJSPEGEL_Verzonnen?= <x@y.example>\n\nDag\n",
        "coded.eml": b"Content-Transfer-Encoding: base64\n\nRGFnIElqc3BlZ2VsIFZlcnpvbm5lbiE=\n",
        "other.eml": b"To: x@y.example\n\nDag Iemand Anders\n",
    }
    for name, content in named.items():
        (tmp_path / name).write_bytes(content)
    assert [2, 0] == [await delete_mails(gateway.engine, [tmp_path], [mine]) for _ in range(2)]
    assert ["other.eml"] == [name for name in named if (tmp_path / name).exists()]
    assert [mine] == await people.trajectories_beside(gateway.engine, mine)
