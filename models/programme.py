"""The programme profile: every number and list that may differ between organisations or years.

A profile is a TOML file with one `[[rule]]` table per rule, value, first day and source.
`Programme.rules(on)` gives the values that hold on a day; those travel in the start arguments of
a trajectory, and change there only by the step `adopt_rules`.
"""

import tomllib
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Self
from weakref import WeakValueDictionary

from pydantic import Field, ValidationError, model_validator

from models.calendar import add_months
from models.choices import Household, Living, Paper
from models.errors import ProfileError
from models.retention import Frozen, Kept, Months, Retention
from models.tariff import Component, IndexFigure, MonthDays

Days = Annotated[int, Field(ge=0, le=3660)]


@lru_cache(maxsize=64)
def _as_set(days: tuple[date, ...]) -> frozenset[date]:
    return frozenset(days)


class Rules(Frozen):
    """The rules of one programme that one trajectory needs, on one day."""

    programme: str
    version: date = Field(description="the day whose rules these are")
    age_min: int = Field(description="youngest age at referral, intake and move-in")
    age_max: int = Field(description="oldest age, until the day before the next birthday")
    age_warning_days: Days = Field(description="warning before somebody becomes too old")
    support_months: Months = Field(description="months of support before a call-up")
    waitlist: bool = Field(description="whether there is a waitlist")
    intake_stop_until: date | None = Field(default=None, description="no offers or keys until")
    intake_stop_reason: str | None = Field(default=None, description="why there is an intake stop")
    priority_cap: int = Field(description="places for partners with priority, at the most")
    no_reply_days: tuple[Days, ...] = Field(description="days after an invitation without reply")
    decision_talk_days: Days = Field(description="days to talk over a decision not to start")
    housemate_wait_days: Days = Field(description="days of waiting for a housemate before an alert")
    support_gap_nag_days: Days = Field(description="days between reminders that support is missing")
    checklist: tuple[str, ...] = Field(description="items of the colour checklist at intake")
    checklist_sharing: tuple[str, ...] = Field(description="extra items for who wants to share")
    papers: tuple[Paper, ...] = Field(description="papers that must be in order before the keys")
    city_agreement: bool = Field(description="the city treats sharers as living alone")
    sharing_bedrooms: int = Field(description="bedrooms a shared dwelling should have")
    lease_months_min: Months = Field(description="shortest lease")
    lease_months_max: Months = Field(description="longest first lease")
    lease_total_months: Months = Field(description="longest stay, extension included")
    extensions: int = Field(description="how many times a lease may be extended")
    deposit: Decimal = Field(description="rent deposit")
    registration_months: Months = Field(description="months to register the lease")
    registration_warning_days: Days = Field(description="warning before that term ends")
    living_wage_alone: Decimal = Field(description="living wage, alone, a month")
    living_wage_shared: Decimal = Field(description="living wage, cohabiting, a month")
    # Rules of before it was known have none: histories hold them as they were.
    living_wage_family: Decimal | None = Field(
        default=None, description="living wage, with children, a month"
    )
    affordable_share: Decimal = Field(description="part of the income that rent may take")
    first_talk_days: Days = Field(description="first talk: days after the keys")
    first_talk_from: Days = Field(description="first talk: not before this day")
    first_talk_until: Days = Field(description="first talk: not after this day")
    open_items_days: Days = Field(description="list of open items to the supporter, after the keys")
    review_months: Months = Field(description="months between talks, from the last one held")
    review_warning_days: Days = Field(description="warning before a talk is due")
    insurance_months: Months = Field(
        description="months until the family insurance must be renewed"
    )
    allocation_months: Months = Field(description="months until the fast allocation is looked at")
    certificate_warning_days: Days = Field(description="warning before a certificate expires")
    notice_months: Months = Field(description="the landlord's notice, months before the end")
    notice_receipt_days: Days = Field(description="working days until a letter is deemed received")
    notice_prepare_days: Days = Field(description="draft of the notice, before the last safe day")
    notice_aim_days: Days = Field(description="day to aim at for posting, before the last safe day")
    notice_alarm_working_days: Days = Field(
        description="alarm, working days before the last safe day"
    )
    reminder_months: Months = Field(description="reminder, months before the end of the lease")
    tenant_notice_months: Months = Field(description="the tenant's own notice, in months")
    exit_task_days: Days = Field(description="exit to prepare, days before leaving")
    aftercare_months: Months = Field(description="months between looks at an open debt after exit")
    archive_days: Days = Field(description="days after the end until a file is shut for good")
    undo_minutes: int = Field(description="minutes in which a step can be undone")
    hold_max_days: Days = Field(description="longest pause")
    send_hour: int = Field(ge=0, le=23, description="hour at which letters leave")
    resend_minutes: int | None = Field(
        default=None, description="an uncertain mail goes again after"
    )
    send_lead_minutes: int = Field(description="minutes between an order and its sending, at least")
    edition: int = Field(default=1, ge=1, description="edition of what steps bring along")
    print_same_day: bool = Field(default=False, description="print today what must be posted today")
    task_hour: int = Field(ge=0, le=23, description="hour at which the day's tasks appear")
    catch_up_hours: int = Field(description="a deadline this late is proposed, not carried out")
    closed_days: tuple[date, ...] = Field(description="holidays and closing days")
    # The rent; without a day on which it is due Opstap looks at no payments.
    rent_due_day: int = Field(default=0, ge=0, le=28, description="rent is paid before this day")
    first_rent_days: Days = Field(default=7, description="days to pay the part of the first month")
    check_day: int = Field(default=15, ge=1, le=28, description="first look at the payments")
    second_check_day: int = Field(default=20, ge=1, le=28, description="second look, if still open")
    check_hour: int = Field(default=6, ge=0, le=23, description="hour of both looks")
    check_gap_days: Days = Field(default=3, description="days from a message to the next look")
    arrears_tolerance: Decimal = Field(default=Decimal(0), description="too little to ask for")
    reminder_check_days: Days = Field(
        default=2, description="working days for the bookkeeper to look at a reminder"
    )
    reminder_receipt_days: Days = Field(
        default=1, description="days until a mailed reminder counts as received"
    )
    reminder_term_days: Days = Field(default=14, description="days to pay after a reminder")
    instalment_grace_days: Days = Field(default=5, description="days an instalment may be late")
    arrears_nag_days: tuple[Days, ...] = Field(
        default=(), description="days after a rung on which staff hear that it waits"
    )
    welfare_warning_days: Days = Field(
        default=14, description="days to wait after the OCMW was warned, before court"
    )
    fund_months: tuple[Months, Months] = Field(
        default=(2, 6), description="months of arrears for which the Fonds is meant"
    )
    cost_due_days: Days = Field(default=30, description="days to pay a cost at the exit")
    bank_closed_days: tuple[date, ...] = Field(
        default=(), description="days on which banks are closed and the office is not"
    )
    # Without a tariff no rent is charged: histories of before it was known have none.
    tariff: tuple[Component, ...] = Field(default=(), description="components of the rent")
    month_days: MonthDays = Field(
        default=MonthDays.CALENDAR, description="by how many days a part of a month is divided"
    )

    @cached_property
    def closed(self) -> frozenset[date]:
        """The closed days as a set, one for all who have the same."""
        return _as_set(self.closed_days)

    def affordable_rent(self, *, shared: bool, household: Household = Household.ALONE) -> Decimal:
        """Return the rent that takes no more than its share of a living wage (L288, L1005-1014).

        Where the city treats sharers as living alone, they have the living wage of one alone. Who
        has children along has that of a family (category 3, art. 14 RMI-wet); who lives as a couple
        has that of somebody who cohabits.
        """
        if household is Household.CHILDREN and self.living_wage_family is not None:
            wage = self.living_wage_family
        elif household is Household.COUPLE or (shared and not self.city_agreement):
            wage = self.living_wage_shared
        else:
            wage = self.living_wage_alone
        return (wage * self.affordable_share).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def checklist_for(self, living: Living) -> tuple[str, ...]:
        """Return the checklist items for somebody who wants to live so (L447, L451)."""
        shares = living is Living.SHARING
        return (*self.checklist, *self.checklist_sharing) if shares else self.checklist

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.age_min > self.age_max:
            raise ValueError("age_min is higher than age_max")
        if not self.first_talk_from <= self.first_talk_days <= self.first_talk_until:
            raise ValueError("first_talk_days lies outside its window")
        if not self.lease_months_min <= self.lease_months_max <= self.lease_total_months:
            raise ValueError("lease months must rise: min, max, total")
        if list(self.closed_days) != sorted(set(self.closed_days)):
            raise ValueError("closed_days must be in order, each day once")
        items = (*self.checklist, *self.checklist_sharing)
        if strange := [item for item in items if "bewind" in item or "budget" in item]:
            # Administration of goods or budget guidance is no reason to refuse anybody (L1347).
            raise ValueError(f"checklist may not weigh {', '.join(strange)}")
        rows = [(row.component, row.bedrooms) for row in self.tariff]
        if twice := sorted({name for name, rooms in rows if rows.count((name, rooms)) > 1}):
            raise ValueError(f"tariff has twice the same row: {', '.join(twice)}")
        if Paper.LEASE not in self.papers:
            raise ValueError("papers must have the lease (huurcontract)")
        return self


_in_use: WeakValueDictionary[str, Rules] = WeakValueDictionary()


def interned(rules: Rules) -> Rules:
    """Return the rules in use that are the same: thousands of trajectories hold them once."""
    return _in_use.setdefault(rules.model_dump_json(exclude_unset=True), rules)


class DatedRule(Frozen):
    """One rule of a profile: its value from a day on, and where that comes from."""

    name: str
    value: Any
    since: date
    source: str = Field(description="playbook line, law, or who decided it")
    note: str = ""


class Programme(Frozen):
    """A programme profile: its name, its people's words, and its rules by date."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]+$")
    name: str
    organisation: str
    sender: str = Field(description="the mail address that letters come from")
    phone: str
    dwellings: int = Field(description="dwellings the programme counts on")
    rent_min: Decimal
    rent_max: Decimal
    rule: tuple[DatedRule, ...]
    retention: tuple[Retention, ...] = ()
    health_index: tuple[IndexFigure, ...] = ()

    @model_validator(mode="after")
    def _every_rule_is_known(self) -> Self:
        known = set(Rules.model_fields) - {"programme", "version"}
        for rule in self.rule:
            if rule.name not in known:
                raise ValueError(f"rule {rule.name!r} is not a rule; known are {sorted(known)}")
        keys = [(rule.name, rule.since) for rule in self.rule]
        twice = sorted(
            {f"{name} since {since}" for name, since in keys if keys.count((name, since)) > 1}
        )
        if twice:
            raise ValueError(f"given twice: {', '.join(twice)}")
        for since in sorted({rule.since for rule in self.rule}):
            if since >= self.first_day:
                self.rules(since)
        return self

    @property
    def first_day(self) -> date:
        """The first day on which every rule that has no default has a value."""
        needed = {name for name, f in Rules.model_fields.items() if f.is_required()}
        starts = [
            min((r.since for r in self.rule if r.name == name), default=date.max)
            for name in needed - {"programme", "version"}
        ]
        return max(starts)

    def rules(self, on: date) -> Rules:
        """Return the rules that hold on a day.

        Raises:
            ProfileError: no value for a rule on that day, or values that do not add up.
        """
        values: dict[str, Any] = {}
        latest = date.min
        for rule in sorted(self.rule, key=lambda r: r.since):
            if rule.since <= on:
                values[rule.name] = rule.value
                latest = max(latest, rule.since)
        if "closed_days" in values:
            # Days long past would only make every start heavier; a month back covers late counts.
            values["closed_days"] = [d for d in values["closed_days"] if d >= add_months(on, -1)]
        try:
            return Rules(programme=self.id, version=latest, **values)
        except ValidationError as error:
            raise ProfileError(f"profile {self.id} on {on}: {_readable(error)}") from None

    def kept_until(self, what: Kept, ended_on: date, today: date) -> date | None:
        """Return the last day that a file is kept, by the period of today; None: not set."""
        known = [r for r in self.retention if r.what is what and r.since <= today]
        if not known:
            return None
        return add_months(ended_on, max(known, key=lambda r: r.since).months)

    def sources(self) -> Iterable[DatedRule]:
        """Return the rules with their sources, by name and date, for the docs."""
        return sorted(self.rule, key=lambda r: (r.name, r.since))


def _readable(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in e['loc']) or 'rules'}: {e['msg']}" for e in error.errors()
    )


def parse_programme(text: str, where: str) -> Programme:
    """Read a profile from TOML text.

    Raises:
        ProfileError: with the file, the rule and what is wrong with it.
    """
    try:
        return Programme.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{where}: not valid TOML: {error}") from None
    except ValidationError as error:
        raise ProfileError(f"{where}: {_readable(error)}") from None


def load_programme(path: Path) -> Programme:
    """Read a profile from a file; see `parse_programme`."""
    return parse_programme(path.read_text(encoding="utf-8"), path.name)
