"""The rulebook: every rule by its number, where it comes from, and one sentence of our own.

L is a line of the playbook, S of the slides. Steps, deadlines, observations and refusals cite these
numbers.

`where` names where a rule lives besides the steps and deadlines that cite it: `rule:` a rule of the
programme profile, `letter:` a kind of letter, `paper:` a paper of the pack, `field:` a step's field,
`register:` a decision about shared things, `choice:` a list of words.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the domain."""

    number: int
    lines: str
    sentence: str
    where: tuple[str, ...] = ()


_ROWS: tuple[tuple[int, str, str, str], ...] = (
    # ---- admission and waitlist ----
    (1, "L1737, L419", "Residents are 17 to 25; looked at again at referral, intake, offer and keys.", "rule:age_min rule:age_max rule:age_warning_days"),
    (2, "L1737", "A minor's lease has a co-signer, and the eighteenth birthday is a task.", "choice:Signer"),
    (3, "L419, L1159", "Whether somebody is homeless or about to be is asked before the intake.", "field:complete_referral.homelessness"),
    (4, "L968", "Only a supporter of an active partner with a signed agreement refers somebody.", "register:decide_referral"),
    (5, "L971-979, L1090, L1107", "A referral asks five things and no more; the second form may come in pieces.", "field:complete_referral.form_received"),
    (6, "L980, L983", "A referral goes to the waitlist at once, and the supporter hears what to expect.", "letter:waitlist_confirmation"),
    (7, "L580, L1094", "Support lasts two months before somebody is called up; a manager may decide otherwise.", "rule:support_months"),
    (8, "L590", "Every talk asks whether there is contact with the supporter each week.", "field:record_talk.weekly_support"),
    (9, "L554-559", "Support that falls away is flagged and asked after every week; it is never an exit.", "rule:support_gap_nag_days"),
    (10, "L544", "Youths from the night shelter come first while their places are below the cap.", "register:waitlist"),
    (11, "L546", "At most ten places go to the night shelter; more is an exception with a reason.", "rule:priority_cap register:decide_place"),
    (12, "L542-545", "A partner without support of its own needs another partner's supporter before the intake.", "field:refer.supports"),
    (13, "L985-987", "Who is called up is next on the list, or there is a reason; no answer is a task, never a removal.", "rule:no_reply_days register:decide_call"),
    (14, "L987", "An acquaintance without obligation may come before the intake, or be skipped.", "choice:MeetingKind"),
    (15, "L981-985, L1773", "A programme may have no waitlist; an intake stop blocks offers and keys, not referrals.", "rule:waitlist rule:intake_stop_until"),
    (16, "L1080-1083", "Who waits long for a housemate is asked whether living alone would do.", "rule:housemate_wait_days"),
    # ---- intake and matching ----
    (17, "L445, L1088", "Acquaintance and intake are done by two different people, each with a verdict.", "field:give_verdict.verdict"),
    (18, "L447", "When the two doubt or differ, the colour checklist decides.", "rule:checklist"),
    (19, "L447", "One red leads only to not starting; a wrong red is put right by two people, with a reason.", "choice:Colour"),
    (20, "L448", "A decision not to start is told by letter and talked over within two weeks.", "letter:not_started rule:decision_talk_days"),
    (21, "L451", "Who wants to share has a longer checklist.", "rule:checklist_sharing"),
    (22, "L585-588, L1508", "The partner weighs beforehand whether this is a real chance for the youth.", "rule:checklist"),
    (23, "L450", "Refusals keep their reason, so that they can be counted.", "choice:RejectReason"),
    (24, "L1347", "Administration of goods or budget guidance never counts against somebody.", "rule:checklist"),
    (25, "L595, L1100", "No problem or diagnosis is asked for; a note says so.", "field:give_verdict.note"),
    (26, "L1000, L1028", "Both youths, both supporters and an employee are there at the first meeting, or a reason is.", "letter:invitation_match"),
    (27, "L1002, L1031", "In doubt, possible housemates meet once more.", "choice:MatchOutcome"),
    (28, "L1034, L1154", "The second occupant starts with agreements on paper, gone over at the first talk.", "paper:afspraken_woningdelen field:record_talk.sharing_agreed"),
    (29, "L1007, L288", "Rent is held against a third of the living wage, alone or cohabiting, by date.", "rule:living_wage_alone rule:living_wage_shared rule:affordable_share"),
    (30, "L1012-1026, L1569-1575", "For sharers the welfare office is asked to count each as living alone.", "letter:alone_status rule:city_agreement"),
    (31, "L1067", "A reserve dwelling is not let; it is there for an emergency move.", "register:decide_place"),
    (32, "L1047", "One housemate who pays for the other is a signal, not a sanction.", "field:record_talk.housemate_money"),
    # ---- move-in ----
    (33, "L1126-1142", "Keys follow when every paper of the pack is in order, or let go with a reason.", "rule:papers choice:Paper"),
    (34, "L1144, L1140", "The inventory of fixtures is made for every occupant and signed by both sides.", "paper:plaatsbeschrijving"),
    (35, "L1148", "Rules and agreements are gone over before the keys.", "paper:afspraken_overlopen"),
    (36, "L1151", "A resident may set the official address to the dwelling.", "field:note_domicile.since"),
    (37, "L1153-1155", "The first talk comes about three weeks after the keys, on a working day.", "rule:first_talk_days rule:first_talk_from rule:first_talk_until"),
    (38, "L1155, L1178-1181, L1259, L1388-1391", "By the first talk the family insurance, and the energy where it applies, are in order.", "letter:open_items rule:open_items_days rule:insurance_months"),
    (39, "L1157", "The next talk is due three months after the last one held.", "rule:review_months rule:review_warning_days"),
    (40, "L1173", "Fire insurance is in the rent; furniture of one's own is not.", "paper:huurcontract"),
    (41, "L1220", "There is no deposit.", "rule:deposit field:finish_paper.deposit"),
    (42, "L1159-1169", "The installation premium is asked now, later or not, and comes once in a life.", "letter:premium_info choice:PremiumChoice"),
    (43, "L1190", "A dwelling has a hob and a fridge; the list is a paper of the pack.", "paper:inboedel"),
    (44, "L431, L1021, L1025, L1264; Vlaams Woninghuurdecreet", "Everybody has a lease of their own, for a year at the most, registered within two months.", "rule:lease_months_min rule:lease_months_max rule:registration_months"),
    (45, "L866-867", "The neighbours hear of a start, by first name alone.", "letter:neighbours paper:buren_verwittigd"),
    (46, "L216, L388", "A lease ends no later than the dwelling; when that day moves, it is a hard task.", "register:decide_place"),
    (47, "L833, L1770", "A dwelling has a valid EPC and conformity certificate before it is offered.", "register:decide_place rule:certificate_warning_days"),
    (48, "L826-832", "Sharing belongs in a dwelling with three bedrooms; otherwise it is flagged.", "rule:sharing_bedrooms register:decide_place"),
    # ---- money that the trajectory itself knows ----
    (69, "L240-243, L1290", "Anything but a hard deadline can be paused, with a reason, an end and an owner; the rent runs on.", "rule:hold_max_days choice:HoldReason"),
    # ---- money ----
    (49, "L1228-1230", "The rent of who lives alone follows the bedrooms, by the tariff of the day.", "rule:tariff"),
    (50, "L1234", "What sharers pay is said per dwelling or per person, and every calculation prints which.", "rule:tariff"),
    (51, "L1236", "The flat rate is the dwelling's own; outside its range it is remarked upon, never refused.", "register:Dwelling rule:tariff"),
    (52, "L1242-1254", "Every other component of the rent is a row of the tariff, with where it goes.", "rule:tariff"),
    (53, "L1256-1259", "Energy is part of the flat rate or in the resident's own name, dwelling by dwelling.", "register:Dwelling"),
    (54, "L1136, L1873", "A month that is not whole is charged by its days, rounded once, with its formula.", "rule:month_days rule:first_rent_days letter:first_month"),
    (55, "L1217, L764", "What goes on to the technical manager is listed by dwelling and month, and ticked when paid.", "rule:tariff"),
    (56, "L1260-1261", "The solidarity part makes a pot that bears lost debts; what is left goes back into the programme.", "rule:tariff"),
    # ---- the patient ladder ----
    (57, "L1320", "Rent is paid before the tenth, with a communication of one's own; a line is countered, never edited.", "rule:rent_due_day field:correct_charge.amount"),
    (58, "L1323", "On the fifteenth the payments are looked at, on the calendar day.", "rule:check_day rule:check_hour"),
    (59, "L1325", "Who is late gets one message, with the supporter; never on old bank data.", "letter:day15_message rule:arrears_tolerance rule:bank_closed_days field:skip_message.reason"),
    (60, "L1327", "What is still open on the twentieth is looked at again, three days after the message at the earliest.", "rule:second_check_day rule:check_gap_days"),
    (61, "L1329", "The bookkeeper looks at a reminder before anybody sends it.", "field:approve_reminder.amount rule:reminder_check_days"),
    (62, "L1330", "The coordinator sends the reminder, to resident and supporter.", "letter:reminder"),
    (63, "L1333", "Why it does not work out is talked over, and a plan is made to measure.", "field:record_arrears_talk.cause choice:Cause letter:repayment_plan"),
    (64, "L756-758", "Plans are looked at on the fifteenth too, for three kinds of debt, also after the exit.", "field:agree_plan.lines rule:instalment_grace_days"),
    (65, "L1356", "Nobody goes to court before the leaflet on the Fonds was given, or let go with a reason.", "letter:fund_info rule:fund_months"),
    (66, "L1364-1376", "While the welfare office helps, nobody goes to court; it is warned two weeks ahead.", "field:note_welfare_help.status rule:welfare_warning_days"),
    (67, "L1336; Wetboek van economisch recht, boek XIX", "A registered letter follows a broken agreement, and fourteen days after the reminder was received.", "letter:formal_notice rule:reminder_receipt_days rule:reminder_term_days"),
    (68, "L1340", "Two people ask a conciliation, and only after that go to court.", "letter:court_file choice:ConciliationOutcome"),
    (70, "L1348-1352", "Who manages a resident's money gets every letter on money too.", "field:note_administrator.administrator"),
    # ---- living ----
    (71, "L1282-1285", "Every three months a talk goes over the goals, with resident and supporter.", "field:record_talk.goals"),
    (72, "L1289", "More talks may be held; each says whether it counts.", "field:record_talk.counts choice:TalkKind"),
    # ---- leaving ----
    (88, "L766-767; Vlaams Woninghuurdecreet art. 21; art. 53bis Ger.W.", "The notice is posted in time to be received three months before the end; the alarm rings until it is.", "letter:notice_mail letter:notice_registered rule:notice_months rule:notice_receipt_days rule:notice_prepare_days rule:notice_aim_days rule:notice_alarm_working_days"),
    (89, "L767-768", "A month before the end a reminder leaves by itself.", "letter:notice_reminder rule:reminder_months"),
    (90, "L768-769, L1871; Vlaams Woninghuurdecreet art. 21", "One exceptional extension, within the dwelling's end and three years in all.", "letter:extension rule:extensions rule:lease_total_months"),
    (91, "L218; Vlaams Woninghuurdecreet art. 3 and 21", "A resident may leave sooner, with a term that can be waived.", "rule:tenant_notice_months"),
    (92, "L1425-1428", "An exit has a talk, the keys and the energy.", "letter:invitation_exit rule:exit_task_days"),
    (93, "L1429", "Clearing up is shared; costs come with their amount.", "choice:Cleaning field:complete_exit.cost"),
    (94, "L1436-1452", "Where somebody goes is one of eight destinations.", "choice:Destination"),
    (95, "L1616, L1622", "From the sixth month an accelerated social allocation is looked at.", "rule:allocation_months choice:AllocationStatus"),
    (96, "L1471-1477", "An unexpected departure stops the talks and rests the payment; lease and notice run on.", "letter:departed choice:DepartureKind"),
    (97, "L1893", "A recommendation is made from facts, when the resident agrees.", "letter:recommendation field:recommend.consent"),
    (98, "L758", "A file stays open while there is a debt; two people may let it go.", "rule:aftercare_months rule:archive_days"),
    (99, "L1454-1468", "Whether a destination is a lasting one is always told.", "field:complete_exit.durable choice:Durable"),
    # ---- dwelling and programme ----
    (100, "L762", "Who comes from a spreadsheet is taken over in the middle, and nothing is sent again.", "field:adopt.letters_sent"),
    (110, "L15-20, L1642-1645", "Another organisation is another profile, not another program.", "rule:programme"),
    (116, "L248-251, L865-866", "The housing company told its own tenants before the first allocation in a block.", "register:decide_place"),
    (117, "L1393-1394", "The energy of sharers is a component and a kind of debt of its own.", "rule:tariff"),
    (118, "L1560-1567", "Rent is never symbolic: works that are set off have a reason and leave something to pay.", "rule:tariff"),
    (119, "L1053-1060, L452", "For sharers, phase of life and perspective are items of the checklist.", "rule:checklist_sharing"),
    (120, "L599-601, L1885", "A new supporter gets the guide for supporters.", "letter:supporter_guide"),
    (121, "L641, L702-703", "Engagement for the monthly club is part of the support clause.", "paper:begeleidingsclausule field:record_talk.woonclub"),
    (122, "L388-390", "No dwelling without a known destination.", "register:decide_place"),
    (123, "L1069-1070", "A reserve dwelling at no cost is agreed with the housing company.", "register:decide_place"),
    (124, "L1618-1620", "Supported living by a recognised service is a ground for accelerated allocation.", "field:note_allocation.recognised_service"),
    (125, "L1831-1839", "The household is noted with the offer; with children it has the living wage of a family.", "field:offer_place.household choice:Household rule:living_wage_family"),
    (126, "L153-154, L167-168", "A dwelling has one of three letting bases.", "register:Dwelling"),
    # ---- rights of the person ----
    (127, "L1132, L1879", "Who lives here may see, mend, restrict and have erased what is known of them.", "field:erase_file.reason field:restrict.reason paper:privacyverklaring"),
)  # fmt: skip

RULES: dict[int, Rule] = {
    number: Rule(number, lines, sentence, tuple(where.split()))
    for number, lines, sentence, where in _ROWS
}


def cite(number: int | None) -> str:
    """Return a rule as people cite it: `#88 (L766-767; …)`; nothing for None."""
    return "" if number is None else f"#{number} ({RULES[number].lines})"
