"""What goes wrong with a letter: one Dutch sentence that names letter, place and field."""

from models.errors import OpstapError


class LetterError(OpstapError):
    """A letter that cannot be made; names the letter and the field."""


class GapError(ValueError):
    """A value that does not fit where the text wants it; told again with the letter's name."""
