"""docs/glossary.md: every word the program knows, English name beside Dutch word."""

import inspect
from enum import StrEnum
from types import ModuleType

from documentation.markdown import code, page, table
from models import choices, vocabulary
from models.letters import LETTERS
from models.trajectory import STEPS
from models.vocabulary import Word

# Words that no table holds; one word per concept.
CONCEPTS = (
    ("trajectory", "traject", "a resident's whole path, from referral to the end of aftercare"),
    ("resident", "bewoner", "whoever is referred, waits or lives in the programme"),
    ("referral", "aanmelding", "the five things a supporter tells"),
    ("waitlist", "wachtlijst", "in order of referral, with priority below the cap"),
    ("supporter", "individuele begeleider", "who supports the resident, from a partner"),
    ("partner", "welzijnspartner", "an organisation with a cooperation agreement"),
    ("dwelling, place", "pand, plaats", "a dwelling has one place, or more when it is shared"),
    ("step", "stap", "what a person does to a trajectory; a row of the table"),
    ("deadline", "termijn", "what time does to a trajectory; data, with a key"),
    ("hard deadline", "harde termijn", "one with legal consequences; no pause stops it"),
    ("observation", "waarneming", "what comes back from registers, post and other trajectories"),
    ("fact", "feit", "a step, deadline or observation as it was told; never edited"),
    ("outcome", "uitkomst", "one row of the append-only log"),
    ("guard", "voorwaarde", "what must be true before a step is taken"),
    ("refusal", "weigering", "why a step is not taken, in one sentence"),
    ("override", "uitzondering", "a manager sets a condition aside, with a reason"),
    ("hold", "pauze", "a region rests, with a reason, an end and an owner"),
    ("correction", "correctie", "a later fact that replaces an earlier one"),
    ("review, talk", "opvolggesprek", "first at three weeks, then every three months"),
    ("lease", "huurcontract", "of one resident, for one place"),
    ("notice", "opzeg", "of the landlord, before the end of the lease"),
    ("extension", "verlenging", "exceptional, once"),
    ("exit interview", "exitgesprek", "at the handover of the dwelling"),
    ("aftercare", "nazorg", "while a debt is open"),
)


def glossary_page() -> str:
    """Return the page of words."""
    steps = ((code(s.name), s.label) for s in STEPS.values())
    letters = ((code(row.kind.value), row.label) for row in LETTERS.values())
    return page(
        "Glossary",
        "Code is English, what people read is Dutch. The value is what is stored and sent.",
        "## Concepts",
        table(("English", "Dutch", "What it is"), CONCEPTS),
        "## Steps",
        table(("Step", "Dutch"), steps),
        "## Letters",
        table(("Letter", "Dutch"), letters),
        "## Lists",
        *(part for words in word_lists() for part in _list(words)),
    )


def word_lists() -> list[type[Word]]:
    """Return every list of words of the core, in the order of the code."""
    return [words for module in (vocabulary, choices) for words in _words_of(module)]


def _words_of(module: ModuleType) -> list[type[Word]]:
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Word) and value is not Word
    ]
    return [words for words in found if words.__module__ == module.__name__]


def _list(words: type[Word]) -> list[str]:
    rows = ((code(member.name), code(member.value), member.label) for member in words)
    about = (inspect.getdoc(words) or "").splitlines()[0]
    return [f"### {words.__name__}", about, table(("Name", "Value", "Dutch"), rows)]


def unlabelled() -> list[str]:
    """Return the enum members of the core that people would see without a Dutch word."""
    return [
        f"{enum.__name__}.{member.name}"
        for module in (vocabulary, choices)
        for enum in vars(module).values()
        if inspect.isclass(enum)
        and issubclass(enum, StrEnum)
        and enum.__module__ == module.__name__
        for member in enum
        if not getattr(member, "label", "").strip()
    ]
