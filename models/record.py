"""The base of what travels as JSON: nothing unknown comes in, and our own values are not read twice."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A value that travels as JSON; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")
    # One set for all records of a class: nothing can be added to a set that has every field.
    _every_field: ClassVar[set[str]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Know the fields of each kind of record."""
        cls._every_field = set(cls.model_fields)

    @classmethod
    def trusted(cls, **values: Any) -> Self:
        """Make a record from values that the core made itself, every field given.

        Like `model_construct`, at a tenth of its cost: nothing is read or walked over again.
        """
        record = cls.__new__(cls)
        _set(record, "__dict__", values)
        _set(record, "__pydantic_fields_set__", cls._every_field)
        _set(record, "__pydantic_extra__", None)
        _set(record, "__pydantic_private__", None)
        return record


# The door under the guarded `__setattr__` of a pydantic model.
_set = object.__setattr__
