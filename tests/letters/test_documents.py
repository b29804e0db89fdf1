"""Contracts and forms: room for a pen, parties who sign, amounts that add up."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from letters.errors import LetterError
from letters.pdf import as_pdf
from letters.render import Letters, Rendered
from letters.samples import ADDRESSEE, DAY, PEOPLE
from letters.sources import DUTCH, Library
from models.documents import DOCUMENTS
from models.facts import Json
from models.vocabulary import Role
from tests.letters.writing import own, spoken, written

OURS = Letters()
FORM = """Naam: .................. Datum: ....

[ ] ja   [ ] neen

......
......

- [ ] Getekend door {{ people.resident }}
- [ ] Sleutels

| Punt | Goed | Waarom |
| --- | --- | --- |
| Vloer | [ ] | |
"""
SIGN = '{{ {"De bewoner": people.resident, "Getuige": ""}|sign }}\n'


def test_dots_and_brackets_are_room_for_a_pen(tmp_path: Path) -> None:
    line, ticks, lines, checks, table = written(tmp_path, FORM).tree["blocks"]
    assert ["s", "fill", "s", "fill"] == [node["t"] for node in line["c"]]
    assert [18, 4] == [node["n"] for node in line["c"] if node["t"] == "fill"]
    assert ["check", "s", "check", "s"] == [node["t"] for node in ticks["c"]]
    assert {"t": "lines", "n": 2} == lines
    assert "checks" == checks["t"]
    assert {"t": "s", "v": "Getekend door "} == checks["items"][0][0]["c"][0]
    assert [[{"t": "s", "v": "Vloer"}], [{"t": "check"}], []] == table["rows"][0]


def test_a_form_reads_the_same_as_text_mail_and_paper(tmp_path: Path) -> None:
    form = written(tmp_path, FORM)
    assert "[ ] ja   [ ] neen" in form.text()
    assert "[ ] Getekend door Łukasz D'hondt\n[ ] Sleutels" in form.text()
    assert 5 == form.html().count("☐")
    assert "..." not in form.html()
    assert "Getekend door Łukasz D'hondt" in words_on_paper(form)
    assert "...." not in words_on_paper(form)


def test_what_a_person_types_is_never_room_for_a_pen(tmp_path: Path) -> None:
    form = written(tmp_path, "Naam: {{ people.resident }}\n", people=spoken("[ ] ......"))
    assert [{"t": "s", "v": "Naam: "}, {"t": "v", "v": "[ ] ......"}] == form.tree["blocks"][0]["c"]


def test_who_signs_has_a_name_a_day_and_a_signature(tmp_path: Path) -> None:
    signed = written(tmp_path, SIGN)
    assert [
        {"role": "De bewoner", "name": "Łukasz D'hondt"},
        {"role": "Getuige", "name": ""},
    ] == signed.tree["blocks"][0]["who"]
    assert "De bewoner\nNaam: Łukasz D'hondt\nDatum: ....." in signed.text()
    assert 2 == words_on_paper(signed).count("Handtekening:")
    script = written(tmp_path, SIGN, people=spoken("<script>")).html()
    assert "Naam: &lt;script&gt;<br>" in script


def test_a_place_to_sign_inside_a_sentence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LetterError) as refused:
        written(tmp_path, "Teken hier: " + SIGN)
    assert (
        "brief 'not_started', nl.md: |sign hoort alleen op een regel, met een lege regel ervoor"
        " en erna" == str(refused.value)
    )


def test_a_table_too_wide_for_a_mail_is_written_row_by_row(tmp_path: Path) -> None:
    body = f"| Wat | {'Waarom ' * 9} |\n| --- | --- |\n| Vloer | {'gekrast ' * 9} |\n"
    text = written(tmp_path, body).text()
    assert text.startswith("Wat: Vloer\nWaarom")
    assert max(map(len, text.splitlines())) <= 76


def test_a_document_has_no_address_not_even_where_letters_show_one(tmp_path: Path) -> None:
    lease = OURS.render("lease", OURS.library.sample("lease"), PEOPLE, DAY)
    crowd = ("Koning Boudewijn", *ADDRESSEE, *ADDRESSEE)
    sheet = OURS.sheet(crowd, window=True)
    pages = PdfReader(io.BytesIO(as_pdf(lease.tree, sheet))).pages
    assert "Koning Boudewijn" not in "".join(page.extract_text() for page in pages)
    letter = own(tmp_path, "Dag\n").render("not_started", {}, PEOPLE, DAY)
    with pytest.raises(LetterError, match="het adres telt 7 regels"):
        as_pdf(letter.tree, sheet)


def test_a_plan_without_instalments_is_refused() -> None:
    plan = {**OURS.library.sample("repayment_plan"), "instalments": []}
    with pytest.raises(LetterError) as refused:
        OURS.render("repayment_plan", plan, PEOPLE, DAY)
    assert "brief 'repayment_plan': het veld 'instalments' is leeg" == str(refused.value)


def test_a_negative_amount_in_a_plan_is_refused() -> None:
    plan = OURS.library.sample("repayment_plan")
    plan["instalments"][0]["amount"] = "-69.00"
    with pytest.raises(LetterError, match=r"het bedrag '-69.00' is negatief"):
        OURS.render("repayment_plan", plan, PEOPLE, DAY)


@pytest.mark.parametrize("kind", ["reminder", "formal_notice", "repayment_plan", "court_file"])
def test_the_amounts_of_a_sample_add_up(kind: str) -> None:
    facts = OURS.library.sample(kind)
    owed = total(facts["items"])
    assert owed == Decimal(facts["total"] if "total" in facts else facts["pay"]["amount"])
    assert owed == total(facts["instalments"] if "instalments" in facts else facts["items"])


@pytest.mark.parametrize(("kind", "key"), [("lease", "costs"), ("first_month", "costs")])
def test_the_parts_of_a_rent_add_up(kind: str, key: str) -> None:
    facts = OURS.library.sample(kind)
    assert total(facts[key]) == Decimal(facts["pay"]["amount"])


def total(lines: list[Json]) -> Decimal:
    return sum((Decimal(line["amount"]) for line in lines), Decimal(0))


def test_a_reminder_says_what_the_law_asks() -> None:
    text = dutch("reminder")
    assert "ondernemingsnummer 0123.456.749" in text
    assert "Huur van maart 2027" in text
    assert "9 maart 2027" in text
    assert "14 dagen na de ontvangst" in text
    assert "Deze herinnering is gratis." in text
    assert "€\u00a00" in text or "€ 0 bij" in text
    assert "+++123/4567/89002+++" in text


def test_no_letter_on_money_ever_asks_costs() -> None:
    for kind in ("day15_message", "reminder", "formal_notice", "repayment_plan", "lease"):
        assert any(
            free in dutch(kind)
            for free in ("geen kosten", "nooit kosten", "nooit extra kosten", "kost je niets")
        )


def test_a_reminder_without_an_enterprise_number_is_refused(tmp_path: Path) -> None:
    ours = (Library().find("organisation.toml") or Path()).read_text("utf-8")
    lines = (line for line in ours.splitlines() if not line.startswith("enterprise"))
    (tmp_path / "organisation.toml").write_text("\n".join(lines), "utf-8")
    (tmp_path / "logo.svg").write_text(OURS.library.logo(), "utf-8")
    with pytest.raises(LetterError, match=r"het veld 'people.organisation' of 'sender.enterprise'"):
        Letters(tmp_path).render("reminder", OURS.library.sample("reminder"), PEOPLE, DAY)


def test_the_lease_says_what_is_fixed() -> None:
    text = dutch("lease")
    assert "Brand, het gebouw: zit in je huur." in text
    assert "Brand, jouw spullen: die zijn niet verzekerd." in text
    assert "je betaalt geen huurwaarborg" in text
    assert "Elke bewoner heeft een eigen contract." in text
    minor = OURS.library.sample("lease")
    assert "wettelijk vertegenwoordiger" in text
    del minor["guardian"]
    assert "wettelijk vertegenwoordiger" not in flat(OURS.render("lease", minor, PEOPLE, DAY))


def test_energy_stands_where_the_home_has_it() -> None:
    facts = {**OURS.library.sample("lease"), "energy": "forfait"}
    assert "die zitten in het forfait" in flat(OURS.render("lease", facts, PEOPLE, DAY))
    assert "je neemt zelf een contract" in dutch("lease")


def test_the_theme_of_the_club_cannot_reach_a_resident() -> None:
    (resident,) = (row for row in DOCUMENTS if row.kind.value == "club_resident")
    assert (Role.RESIDENT,) == resident.to
    assert "theme" not in {*resident.facts, *resident.maybe}


def test_a_file_for_the_judge_numbers_its_pieces_with_their_hash() -> None:
    facts = OURS.library.sample("court_file")
    made = OURS.render("court_file", facts, PEOPLE, DAY)
    (pieces,) = (block for block in made.tree["blocks"] if block["t"] == "ol")
    assert len(facts["pieces"]) == len(pieces["items"])
    assert facts["pieces"][0]["sha256"] in made.text()


def test_every_document_cites_its_lines_and_is_complete() -> None:
    for row in DOCUMENTS:
        assert row.lines == OURS.library.source(row.kind.value, DUTCH).meta.lines


def dutch(kind: str) -> str:
    return flat(OURS.render(kind, OURS.library.sample(kind), PEOPLE, DAY))


def flat(made: Rendered) -> str:
    return " ".join(made.text().replace("\n|", " ").split())


def words_on_paper(made: Rendered) -> str:
    reader: Any = PdfReader(io.BytesIO(as_pdf(made.tree, OURS.sheet(ADDRESSEE))))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())
