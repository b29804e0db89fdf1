"""The endurance run, small: what was accepted survives kill -9, the rest leaves nothing."""

import pytest

from bench.kill import QUICK, run, zeroes
from bench.staff import letters_leave


@pytest.mark.slow
@pytest.mark.dev_server
# A mail whose sender was killed is taken up again after two minutes.
@pytest.mark.timeout(600)
async def test_after_four_kills_log_history_and_mails_tell_the_same() -> None:
    ran = await run(QUICK)
    assert {} == {name: found for name, found in zeroes(ran.accounts).items() if found}
    assert sum(QUICK.kills.values()) == ran.killed.total()
    assert ran.accounts.orphans > 0, "the phantom kill left rows that never became history"
    # Today as the clock has it: on a working day every letter has left, on a closed day none.
    assert letters_leave() is (ran.accounts.letters_sent > 0)
    assert letters_leave() is (ran.accounts.held == 0)
