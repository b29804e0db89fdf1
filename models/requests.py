"""What arrives with a step: who asks, in which role, with whom, and the step's own data.

One JSON object; nothing is believed before it is read here.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as PydanticError

from models.context import Context
from models.errors import Refusal
from models.facts import NAME, By, Fact, Json
from models.fields import dutch
from models.table import Step
from models.vocabulary import Role, Source

# A signature is looked at for its age at the door; this only keeps nonsense from being a moment.
BELIEVED = timedelta(hours=1)
UserId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=NAME)]


class Signed(BaseModel):
    """When a request was signed, and the signature (`models.signing`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str = Field(title="Ondertekend op", max_length=40)
    mac: str = Field(title="Handtekening", max_length=64)


class Request(BaseModel):
    """A step as it is asked: `{"who": "an", "role": "coordinator", "data": {…}}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: UserId = Field(title="Wie")
    role: Role = Field(title="Rol")
    second: By | None = Field(default=None, title="Tweede persoon")
    data: Json = Field(default_factory=dict, title="Gegevens")
    override: str | None = Field(default=None, title="Reden van de uitzondering", max_length=500)
    id: str | None = Field(default=None, title="Kenmerk van de vraag", max_length=120)
    source: Source = Field(default=Source.TEMPORAL, title="Bron")
    signed: Signed | None = Field(default=None, title="Handtekening")

    def moment(self, now: datetime, before: Sequence[Fact]) -> datetime:
        """Return when this was asked: as it was signed, or else the clock; never before a fact.

        What was signed stands in the history, whatever the workflow's clock says when the step is
        carried out late, after a crash.
        """
        try:
            signed = datetime.fromisoformat(self.signed.at) if self.signed else now
            at = signed if abs(now - signed) <= BELIEVED else now
        except (ValueError, TypeError):
            at = now
        return max(at, before[-1].at) if before else at


def read_request(step: Step, request: Any) -> Request | Refusal:
    """Read the request of a step, or say in Dutch what is wrong with it."""
    if not isinstance(request, dict):
        return Refusal(
            "bad_request",
            'Geef één JSON-object, bv. {"who": "an", "role": "coordinator", "data": {…}}.',
        )
    try:
        asked = Request.model_validate(with_second(step, request))
    except PydanticError as error:
        errors = error.errors(include_url=False, include_input=False)
        return Refusal("bad_request", " ".join(dutch(one, Request) for one in errors[:3]))
    if asked.source in {Source.DEADLINE, Source.OBSERVATION}:
        return Refusal("bad_request", "Een stap komt van een mens: kies een andere bron.")
    return asked


def with_second(step: Step, request: Json) -> Json:
    """Let a second person be written as "bo" or "bo:manager"."""
    second = request.get("second")
    if not isinstance(second, str):
        return request
    who, _, role = second.partition(":")
    if not role:
        manager_first = sorted(step.second, key=lambda one: one is not Role.MANAGER)
        role = (manager_first[0] if manager_first else Role.COORDINATOR).value
    return {**request, "second": {"who": who, "role": role}}


def right_people(c: Context, step: Step) -> Refusal | None:
    """Say whether these people may take this step."""
    if c.by.role not in step.who:
        allowed = ", ".join(role.label.lower() for role in step.who)
        return Refusal(
            "role",
            f"'{step.label}' is niet voor een {c.by.role.label.lower()}, wel voor: {allowed}.",
        )
    if c.second is not None and not step.second:
        if c.second.role is not Role.MANAGER or c.override is None:
            return Refusal("no_second", f"'{step.label}' vraagt geen tweede persoon.")
    elif c.second is not None and c.second.role not in step.second:
        return Refusal(
            "second_role", f"Een {c.second.role.label.lower()} kan hier geen tweede zijn."
        )
    return None
