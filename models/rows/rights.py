"""The rights of the person: restriction, its end, and erasing an ended file."""

from models import rights
from models.rows.terms import BY_TWO, COORDINATOR, MANAGER
from models.table import Step
from models.vocabulary import ENDED, STAFF, Stage

ROWS: tuple[Step, ...] = (
    Step(
        name="restrict",
        label="Verwerking beperken",
        sources=tuple(Stage),
        dest=(),
        who=(COORDINATOR, MANAGER),
        fields=rights.Restrict,
        move=rights.restrict,
        rules=(127,),
        guards=(rights.is_not_restricted,),
        settles=True,
        when_restricted=True,
        example={"reason": "betwist"},
    ),
    Step(
        name="lift_restriction",
        label="Beperking opheffen",
        sources=tuple(Stage),
        dest=(),
        who=(COORDINATOR, MANAGER),
        fields=rights.LiftRestriction,
        move=rights.lift_restriction,
        rules=(127,),
        guards=(rights.is_restricted,),
        settles=True,
        when_restricted=True,
        example={"reason": "de gegevens zijn nagekeken en kloppen"},
    ),
    Step(
        name="erase_file",
        label="Dossier wissen",
        sources=ENDED,
        dest=(),
        who=(MANAGER,),
        fields=rights.EraseFile,
        move=rights.erase_file,
        rules=(127,),
        guards=(*BY_TWO, rights.nothing_stands_in_the_way),
        settles=True,
        second=STAFF,
        when_restricted=True,
        example={"reason": "bewaartermijn"},
    ),
)
