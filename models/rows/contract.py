"""The lease and its end (L766-769)."""

from models import contract, guards, posting
from models.letters import LetterKind
from models.rows.terms import BY_TWO, LEASED, MANAGER
from models.table import Step
from models.vocabulary import STAFF, Region, Stage

ROWS: tuple[Step, ...] = (
    Step(
        name="approve_notice",
        label="Opzegbrief goedkeuren",
        sources=(Stage.LIVING, Stage.DEPARTED, Stage.EXIT),
        dest=(),
        who=STAFF,
        when_restricted=True,  # its safe day does not wait until the restriction is lifted
        fields=contract.ApproveNotice,
        move=contract.approve_notice,
        rules=(88,),
        guards=(contract.notice_not_yet_approved, contract.end_is_confirmed),
        letters=(LetterKind.NOTICE_MAIL, LetterKind.NOTICE_REGISTERED),
        region=Region.CONTRACT,
        example={"lease_end": "2028-05-31"},
    ),
    Step(
        name="record_posting",
        label="Aangetekend gepost",
        sources=LEASED,
        dest=(Stage.NOTICE,),
        who=STAFF,
        when_restricted=True,
        fields=contract.RecordPosting,
        move=contract.record_posting,
        rules=(88,),
        guards=(
            contract.notice_is_approved,
            posting.barcodes_add_up,
            guards.not_in_future("posted_on"),
            contract.late_has_a_reason,
        ),
        region=Region.CONTRACT,
        valid="posted_on",
        stays=(Stage.EXIT, Stage.DEPARTED),
        example={"posted_on": "2028-02-10", "barcodes": ["010541200000000000000000000001"]},
    ),
    Step(
        name="extend_lease",
        label="Uitzonderlijk verlengen",
        sources=(Stage.LIVING, Stage.NOTICE, Stage.EXIT),
        dest=(Stage.LIVING,),
        who=STAFF,
        fields=contract.ExtendLease,
        move=contract.extend_lease,
        rules=(46, 90),
        guards=(
            *BY_TWO,
            guards.second_is(MANAGER),
            contract.extended_too_often,
            contract.extension_fits,
            guards.not_in_future("signed_on"),
        ),
        second=STAFF,
        letters=(LetterKind.EXTENSION,),
        region=Region.CONTRACT,
        valid="signed_on",
        example={
            "new_end": "2028-11-30",
            "signed_on": "2028-04-03",
            "reason": "nieuwe woning klaar in december",
        },
    ),
    Step(
        name="attach_proof",
        label="Bewijs toevoegen",
        sources=(*LEASED, Stage.AFTERCARE),
        dest=(),
        who=STAFF,
        fields=contract.AttachProof,
        move=contract.attach_proof,
        when_restricted=True,  # proof for a legal claim
        rules=(88,),
        region=Region.CONTRACT,
        example={"kind": "afgifte", "file": "bewijs-2028-02-10.pdf"},
    ),
)
