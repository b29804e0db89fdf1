"""The example of the docs: from a rent that was not paid to the justice of the peace, and back."""

from gateway.settings import Settings
from simulation.played import play_on_core
from simulation.programme import rules_on
from simulation.script import read_script
from simulation.timeline import timeline_of
from tests.simulation.conftest import EXAMPLES


def test_the_example_climbs_every_rung_with_a_name_on_each_and_comes_back() -> None:
    text = (EXAMPLES / "arrears.jsonl").read_text(encoding="utf-8")
    script = read_script(text.splitlines())
    played = play_on_core(script, rules_on(Settings(), script.rules))
    told = b"\n".join(timeline_of(played)).decode()
    in_order = (
        "15/03/2027 09:00    brief verzonden: Bericht dag 15",
        "22/03/2027 08:10  Herinnering nagekeken (eva)",
        "22/03/2027 09:00    brief verzonden: Herinnering betaling",
        "30/03/2027 10:00  Gesprek over de achterstal (an)",
        "12/04/2027 09:00  Aangetekend schrijven (an)",
        "13/04/2027 11:00  Brief op papier gepost (an)",
        "26/04/2027 10:10  Info over het Fonds geven (an)",
        "11/05/2027 10:05  Verzoening vragen (an en cis)",
        "01/06/2027 14:00  Uitkomst van de verzoening (an)",
        "01/06/2027 14:10  Afbetalingsplan afspreken (an)",
        "08/06/2027 17:45  Betaling: € 357,00 [weer in orde, van 'verzoening gevraagd']",
    )
    places = [told.index(line) for line in in_order]
    assert places == sorted(places)
    refused = [no.text for no in played.refusals]
    assert [
        "Geef eerst de info over het Fonds, of noteer waarom niet.",
        "Deze stap doet u met twee: geef de tweede medewerker op.",
    ] == refused
