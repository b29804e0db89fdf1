"""The print queue: a batch with its list, the duplicate, and the scan that comes back."""

import io
from datetime import date
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects import Activities
from gateway import printing
from gateway.errors import NotFound, Refused
from gateway.lists import Lists
from gateway.settings import Settings
from letters.render import Letters
from models.facts import By, Delivery
from models.vocabulary import Channel, LetterStatus, Role
from stores import files, post, prints
from stores.engine import write
from stores.looks import list_looks
from stores.tables import letter_files
from tests.activities.delivering import AT, activities, server
from tests.stores.databases import engine, migrated, url
from tests.stores.turns import T, letter, turn

__all__ = ["activities", "engine", "migrated", "server", "url"]

AN = By(who="an", role=Role.COORDINATOR)
NOTICE = letter(
    1,
    "notice_registered",
    channel=Channel.REGISTERED,
    facts={"lease_end": "2028-01-31", "safe_post_by": "2027-10-26"},
)
FLYER = letter(2, "neighbours", to=[Role.NEIGHBOURS], channel=Channel.PAPER).model_copy(
    update={"facts": {"since": "2027-05-06"}}
)


@pytest.fixture
async def lists(activities: Activities, engine: AsyncEngine) -> Lists:
    """Two letters wait for paper: a notice with a last safe day, and one to the neighbours."""
    orders = [FLYER, NOTICE]
    await activities.record_turn(turn("refer", letters=orders))
    for order in orders:
        await activities.deliver(Delivery(trajectory=T, key=order.key, at=AT))
    return Lists(engine, Settings(), lambda: AT)


def papers(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("post-*")]


def text_of(page: PageObject) -> str:
    return " ".join(page.extract_text().split())


def drawn(page: PageObject) -> bytes:
    contents = page.get_contents()
    assert contents is not None
    return contents.get_data()


async def test_what_must_be_posted_first_stands_in_front(lists: Lists) -> None:
    found = await printing.queue(lists)
    assert [NOTICE.key, FLYER.key] == [one.letter.key for one in found]
    assert [date(2027, 10, 26), None] == [one.post_by for one in found]
    assert {"to_print"} == {one.letter.status for one in found}
    assert [] == await printing.queue(lists, LetterStatus.UNCERTAIN.value)


async def test_a_batch_is_a_list_and_then_the_stored_pages_as_they_are(
    lists: Lists, engine: AsyncEngine, tmp_path: Path
) -> None:
    chosen = await printing.queue(lists)
    batch = await printing.print_batch(lists, Letters(), chosen, AN, tmp_path)
    made = batch.path.read_bytes()
    assert batch.sha256 == files.digest(made)
    assert [batch.path.name] == papers(tmp_path)
    pages = PdfReader(io.BytesIO(made)).pages
    cover = text_of(pages[0])
    assert "Af te drukken en te posten: 3 brieven" in cover
    assert "26 oktober 2027" in cover
    assert "Aangetekende brief" in cover
    assert "DUPLICAAT" not in cover
    stored: list[PageObject] = []
    for one in chosen:
        kept = await files.contents(engine, one.letter)
        for copy in one.letter.copies:
            stored += PdfReader(io.BytesIO(kept[copy.pdf_sha256 or ""])).pages
    assert [drawn(page) for page in stored] == [drawn(page) for page in pages[1:]]


async def test_a_second_print_is_a_duplicate_on_the_list_and_in_the_log(
    lists: Lists, engine: AsyncEngine, tmp_path: Path
) -> None:
    hashes = []
    for times in (1, 2):
        (notice, _) = await printing.queue(lists)
        assert times - 1 == notice.printed
        batch = await printing.print_batch(lists, Letters(), [notice], AN, tmp_path)
        cover = text_of(PdfReader(batch.path).pages[0])
        assert (times == 2) == ("DUPLICAAT (2e keer)" in cover)
        hashes.append(batch.sha256)
    logged = await prints.list_prints(engine, T, NOTICE.key)
    assert [(1, "an", AT), (2, "an", AT)] == [
        (one.number, one.printed_by, one.printed_at) for one in logged
    ]
    assert hashes == [one.sha256 for one in logged]
    assert ["print", "print"] == [look.what for look in await list_looks(engine, T)]


async def test_what_was_printed_and_then_changed_is_not_printed(
    lists: Lists, engine: AsyncEngine, tmp_path: Path
) -> None:
    spoiled = update(letter_files).values(content=b"%PDF-1.7 iets anders")
    await write(engine, lambda connection: connection.execute(spoiled))
    with pytest.raises(Refused, match="past niet bij de hash in het logboek"):
        await printing.print_batch(lists, Letters(), await printing.queue(lists), AN, tmp_path)
    assert {} == await prints.counts(engine)
    assert [] == papers(tmp_path)


async def test_only_staff_prints_and_a_folder_that_is_no_folder_is_told(
    lists: Lists, engine: AsyncEngine, tmp_path: Path
) -> None:
    chosen = await printing.queue(lists)
    sofie = By(who="sofie", role=Role.SUPPORTER)
    with pytest.raises(Refused, match="Alleen een medewerker"):
        await printing.print_batch(lists, Letters(), chosen, sofie, tmp_path)
    (tmp_path / "vol").write_text("geen map")
    with pytest.raises(Refused, match="hier kan niet geschreven worden"):
        await printing.print_batch(lists, Letters(), chosen, AN, tmp_path / "vol")
    assert {} == await prints.counts(engine)


async def test_the_scan_of_a_receipt_is_kept_once_under_its_hash(
    lists: Lists, engine: AsyncEngine, tmp_path: Path
) -> None:
    scan = tmp_path / "bewijs.pdf"
    scan.write_bytes(b"%PDF-1.4 een scan")
    names = {await printing.keep_scan(lists, T, NOTICE.key, scan) for _ in range(2)}
    assert {f"{files.digest(scan.read_bytes())}.pdf"} == names
    stored = await post.get_letter(engine, T, NOTICE.key)
    assert stored is not None
    assert 1 == sum(one.letter.key == NOTICE.key for one in await printing.queue(lists))


@pytest.mark.parametrize(
    ("key", "content", "why"),
    [
        (NOTICE.key, b"een tekst", "dit is geen scan"),
        (NOTICE.key, b"%PDF-" + b"0" * 10_000_000, "groter dan 10 MB"),
        (FLYER.key, b"%PDF-1.4", "is niet aangetekend"),
    ],
)
async def test_what_is_no_proof_is_refused(
    lists: Lists, tmp_path: Path, key: str, content: bytes, why: str
) -> None:
    scan = tmp_path / "bewijs.pdf"
    scan.write_bytes(content)
    with pytest.raises(Refused, match=why):
        await printing.keep_scan(lists, T, key, scan)
    with pytest.raises(NotFound, match="Er is geen brief '9-x'"):
        await printing.keep_scan(lists, T, "9-x", scan)
