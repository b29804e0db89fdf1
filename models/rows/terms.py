"""Words that the rows share: who, in which stages, and guards that several steps have."""

from models import guards
from models.vocabulary import STAFF, Role, Stage

COORDINATOR, SUPPORTER = Role.COORDINATOR, Role.SUPPORTER
TECHNICAL, MANAGER = Role.TECHNICAL, Role.MANAGER
STAFF_AND_SUPPORTER = (*STAFF, SUPPORTER)
WAITING = (Stage.REFERRED, Stage.WAITLISTED)
LEASED = (Stage.LIVING, Stage.NOTICE, Stage.EXIT, Stage.DEPARTED)
AGE_NOW = guards.age_is_right_on(guards.today)
AGE_AT_START = guards.age_is_right_on(guards.field_day("start_on"))
AGE_AT_KEYS = guards.age_is_right_on(guards.field_day("on"))
BY_TWO = (guards.two_different_people,)
