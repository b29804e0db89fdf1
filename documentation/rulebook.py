"""docs/rules.md: the rulebook, and what each programme makes of it, side by side."""

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from documentation.markdown import code, codes, page, table
from models.deadlines import DEADLINES
from models.observations import OBSERVATIONS
from models.programme import DatedRule, Programme, Rules, load_programme
from models.retention import Kept
from models.rulebook import RULES, Rule
from models.tariff import AmountFrom, Basis, Component
from models.trajectory import STEPS


def rules_page() -> str:
    """Return the page of rules and profiles."""
    profiles = programmes()
    about = (
        (
            profile.name,
            profile.organisation,
            str(profile.dwellings),
            f"€ {profile.rent_min} to € {profile.rent_max}",
        )
        for profile in profiles
    )
    return page(
        "The rules",
        "L is a line of the playbook of Wonen Met Kansen (SAAMO Antwerpen, February 2025), "
        "S a line of the slides on the right to housing (Welzijnsschakels). "
        "The sentences are ours; the law is to be confirmed by a lawyer.",
        "## The rulebook",
        table(
            ("Rule", "Lines", "What it says", "Steps and deadlines", "Also in"), map(_rule, _all())
        ),
        "## The programmes",
        "Every number and list that may differ between organisations, or from one day on.",
        table(("Programme", "Organisation", "Dwellings", "Rent"), about),
        table(
            ("Rule", "Meaning", *(code(p.id) for p in profiles)),
            (_setting(name, profiles) for name in _settings()),
        ),
        "How long a file is kept after its end; `opstap audit due` lists whose time is over.",
        table(
            ("Kept", "Meaning", *(code(p.id) for p in profiles)),
            ((code(what.value), what.label, *(_kept(what, p) for p in profiles)) for what in Kept),
        ),
    )


def _kept(what: Kept, profile: Programme) -> str:
    found = sorted((r for r in profile.retention if r.what is what), key=lambda r: r.since)
    shown = (f"**{r.months} months** ({r.source}; since {r.since})" for r in found)
    return "\n".join(shown) or "not set"


def programmes() -> list[Programme]:
    """Return the product's own profiles; the one of the playbook comes first."""
    folder = Path(str(resources.files("programmes")))
    found = [load_programme(path) for path in folder.glob("*.toml")]
    return sorted(found, key=lambda profile: (profile.dwellings, profile.id), reverse=True)


def _all() -> Iterable[Rule]:
    return (RULES[number] for number in sorted(RULES))


def _rule(rule: Rule) -> tuple[str, ...]:
    cited = [(row.name, row.rules) for row in STEPS.values()]
    cited += [(row.name, row.rules) for row in DEADLINES]
    cited += [(row.name, row.rules) for row in OBSERVATIONS.values()]
    names = dict.fromkeys(name for name, rules in cited if rule.number in rules)
    anchor = f'<a id="rule-{rule.number}"></a>#{rule.number}'
    return anchor, rule.lines, rule.sentence, codes(names), codes(rule.where)


def _settings() -> list[str]:
    return [name for name in Rules.model_fields if name not in {"programme", "version"}]


def _setting(name: str, profiles: list[Programme]) -> tuple[str, ...]:
    about = Rules.model_fields[name].description or ""
    return code(name), about, *(_values(name, profile) for profile in profiles)


def _values(name: str, profile: Programme) -> str:
    found = sorted((r for r in profile.rule if r.name == name), key=lambda r: r.since)
    return "\n".join(_value(rule) for rule in found) or "not set"


def _value(rule: DatedRule) -> str:
    value = rule.value
    if rule.name == "closed_days":
        shown = f"{len(value)} days, {value[0]} to {value[-1]}"
    elif rule.name == "tariff":
        shown = "; ".join(_component(Component.model_validate(row)) for row in value)
    elif isinstance(value, list | tuple):
        shown = ", ".join(str(one) for one in value)
    elif isinstance(value, bool):
        shown = "yes" if value else "no"
    else:
        shown = str(value)
    return f"**{shown}** ({rule.source}; since {rule.since})"


def _component(row: Component) -> str:
    """Return a row of the tariff in a few words: "Forfait: of the dwelling, 65 to 183"."""
    name = row.label if row.bedrooms is None else f"{row.label}, bedrooms {row.bedrooms}"
    if row.amount is not AmountFrom.TARIFF:
        bounds = f", {row.low} to {row.high}" if row.low is not None else ""
        return f"{name}: of the dwelling{bounds}"
    basis = "dwelling" if row.basis is Basis.DWELLING else "person"
    shared = "" if row.shared is None else f", sharing {row.shared} a {basis}"
    return f"{name}: {row.alone}{shared}"
