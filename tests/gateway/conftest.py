"""The stack that these tests run against, and people who do not exist."""

from collections.abc import Callable
from itertools import count

import pytest

from models.admission import ReferralForm
from tests.running import gateway, stack

__all__ = ["gateway", "stack"]
_NUMBERS = count(1)


@pytest.fixture
def form() -> Callable[..., ReferralForm]:
    """Make the form of somebody new."""

    def make(**told: str) -> ReferralForm:
        new = {
            "name": f"Test {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[next(_NUMBERS) % 26]}{next(_NUMBERS)}",
            "birth_date": "2007-03-27",
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
        }
        return ReferralForm.model_validate({**new, **told})

    return make
