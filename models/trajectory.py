"""THE table: every step of the main trajectory, its contract, its talks and what lies over them.

One row is one step: what it is called, from where to where, who takes it, what it asks, what must
be true, and what it brings. The rows stand in `models.rows`, by phase; everything reads them here.
Rule numbers are those of `models.rulebook`.
"""

from models.rows import (
    admission,
    contract,
    intake,
    leaving,
    living,
    movein,
    overlay,
    payment,
    rights,
)
from models.table import Step

STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        *admission.ROWS,
        *intake.ROWS,
        *movein.ROWS,
        *living.ROWS,
        *contract.ROWS,
        *payment.ROWS,
        *leaving.ROWS,
        *overlay.ROWS,
        *rights.ROWS,
    )
}
