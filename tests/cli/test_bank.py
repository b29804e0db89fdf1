import json
from pathlib import Path

import pytest

from tests.bank.making import Block, Line, camt, coda
from tests.cli.conftest import Opstap

pytestmark = pytest.mark.dev_server
ACCOUNT = "BE02999999999901"
LINES = [Line("327.00", text="zonder mededeling", name="VAN DIJK LOES"), Line("-90.00")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "maart.cod"
    path.write_bytes(coda(Block(LINES, account=ACCOUNT)))
    return path


def test_a_file_is_imported_with_its_own_totals_and_again_without_news(
    opstap: Opstap, file: Path
) -> None:
    first = opstap("bank", "import", file)
    assert 0 == first.code, first.err
    assert (
        "maart.cod: ingelezen. 1 afschrift, 2 bewegingen, 0 details; in € 327,00, uit € 90,00.\n"
        "  Betalingen: geboekt 0, voorstel 0, onbekend 1, uitgaand 1.\n" in first.out
    )
    again = json.loads(opstap("bank", "import", file, "--json").out)
    (told,) = again["files"]
    wanted = {
        "status": "ingelezen",
        "already": True,
        "quarantined": False,
        "statements": 1,
        "movements": 2,
        "details": 0,
        "credit": "327.00",
        "debit": "90.00",
        "booked": 0,
        "proposed": 0,
        "unmatched": 1,
        "other": 1,
        "reason": None,
    }
    assert wanted == {name: told[name] for name in wanted}


def test_one_file_in_quarantine_stops_no_other_and_is_told_by_the_exit_code(
    opstap: Opstap, tmp_path: Path
) -> None:
    pdf, good = tmp_path / "factuur.cod", tmp_path / "goed.xml"
    pdf.write_bytes(b"%PDF-1.7 nee")
    good.write_bytes(camt(Block([], account="BE02999999999902")))
    said = opstap("bank", "import", pdf, good)
    assert 1 == said.code
    assert (
        "factuur.cod: in quarantaine, niets geboekt.\n  Dit is een PDF, geen bankbestand. Vraag "
        "aan de bank CODA of CAMT.053.\ngoed.xml: ingelezen. 1 afschrift, 0 bewegingen, 0 details;"
    ) in said.out
    listed = opstap("bank", "statements").out
    assert "In quarantaine of apart gehouden:\n" in listed
    assert "  factuur.cod\n    Dit is een PDF, geen bankbestand." in listed


def test_a_file_can_be_tried_without_keeping_anything(opstap: Opstap, tmp_path: Path) -> None:
    path = tmp_path / "vreemd.cod"
    path.write_bytes(coda(Block(LINES, account="BE02999999999903")))
    said = opstap("bank", "import", path, "--any-account")
    assert (
        "vreemd.cod: klopt. 1 afschrift, 2 bewegingen, 0 details; in € 327,00, uit € 90,00.\n"
        "Alleen geprobeerd: er is niets bewaard en niets geboekt.\n"
    ) == said.out
    assert "vreemd.cod" not in opstap("bank", "statements", "--all").out
    assert "BE02 9999 9999 9903" not in opstap("bank", "statements", "--all").out


def test_the_queue_is_read_and_cleared_by_a_person(opstap: Opstap, tmp_path: Path) -> None:
    path = tmp_path / "rente.cod"
    line = Line("1.37", text="creditrente", name="")
    path.write_bytes(coda(Block([line], account="BE02999999999904")))
    opstap("bank", "import", path)
    queue = json.loads(opstap("bank", "unmatched", "--json").out)
    (one,) = [row for row in queue if row["amount"] == "1.37"]
    assert ("creditrente", "Niets wijst naar een bewoner.") == (one["text"], one["why"])
    assert "€ 1,37" in opstap("bank", "unmatched").out

    nobody = opstap("bank", "assign", one["id"], "--none", "rente", "--by", "gil")
    assert (1, "Dit kan alleen wie met geld werkt: boekhouder, coördinator, leidinggevende.\n") == (
        nobody.code,
        nobody.err,
    )
    said = opstap("bank", "assign", one["id"], "--none", "rente", "--by", "bea")
    assert (0, f"{one['id']} is afgehandeld: rente.\n") == (said.code, said.out)
    twice = opstap("bank", "assign", one["id"], "--none", "rente", "--by", "bea")
    assert f"De betaling {one['id']} wacht niet op een beslissing.\n" == twice.err
    assert one["id"][:10] in opstap("bank", "unmatched", "--cleared").out


def test_what_went_out_is_listed_for_it_may_be_a_refund(opstap: Opstap, tmp_path: Path) -> None:
    path = tmp_path / "terug.cod"
    line = Line("-191.03", text="terugbetaling huur april")
    path.write_bytes(coda(Block([line], account="BE02999999999905")))
    opstap("bank", "import", path)
    out = json.loads(opstap("bank", "unmatched", "--outgoing", "--json").out)
    (one,) = [row for row in out if row["amount"] == "-191.03"]
    said = opstap("bank", "assign", one["id"], "--by", "bea")
    assert (1, f"Voor {one['id']} is er geen voorstel. Noem de bewoner.\n") == (said.code, said.err)
    said = opstap("bank", "unmatched", "--outgoing", "--proposed")
    assert 2 == said.code
    assert said.err.startswith("Kies één van de drie: --proposed, --cleared of --outgoing.")


def test_choosing_two_ways_at_once_is_wrong_usage(opstap: Opstap) -> None:
    said = opstap("bank", "assign", "m-1", "3fa9", "--undo", "--by", "bea")
    assert 2 == said.code
    assert said.err.startswith("Kies één van de drie: bewoners noemen, --none of --undo.")
