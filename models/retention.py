"""How long what is known of somebody is kept after its end: a period of the programme, by date."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.vocabulary import Word

Months = Annotated[int, Field(ge=0, le=120)]


class Frozen(BaseModel):
    """A model whose values never change and whose unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Kept(Word):
    """What is kept for a while after its end."""

    CANDIDATE = "kandidaat", "Wie niet kwam wonen"
    RESIDENT = "bewoner", "Wie gewoond heeft"


class Retention(Frozen):
    """How long a file is kept after its end, from a day on, and where that comes from."""

    what: Kept
    months: Months
    since: date
    source: str
    note: str = ""
