"""What stands between a script's line and a trajectory, the same for both engines.

The registers fill in what they know better (partner, priority, dwelling); a line that names nobody
we know is refused before anything starts. Reads the registers, remembers the known supporters.
"""

from models.asking import unknown_step
from models.errors import Refusal
from models.facts import Json
from models.registers import decide_referral
from models.trajectory import STEPS
from simulation.world import World

STARTS = frozenset({"refer", "adopt"})
FILLED = {
    "refer": ("partner", "priority", "supports"),
    "adopt": ("partner", "priority", "supports"),
    "change_supporter": ("partner", "supports"),
}
NOT_REFERRED = "Dit traject is nog niet aangemeld."


def fill_in(world: World, step: str, request: Json) -> Json | Refusal:
    """Return the request with what the registers know, or why they say no."""
    if step not in STEPS:
        return unknown_step(step)
    names, data = FILLED.get(step), request["data"]
    if names is None or not isinstance(data, dict):
        return request
    data = {name: value for name, value in data.items() if name != "name"}
    supporter = data.get("supporter")
    if isinstance(supporter, str):
        decision = decide_referral(world.partner_of.get(supporter), supporter)
        if not decision.granted:
            return Refusal("supporter", decision.text, decision.rule, "supporter")
        data |= {name: decision.data[name] for name in names}
        if step == "refer":
            data["new_supporter"] = supporter not in world.supporters
    if step == "adopt" and isinstance(place := data.get("place"), str):
        dwelling = world.dwelling_of.get(place)
        if dwelling is None:
            return Refusal("place", f"De plaats '{place}' bestaat niet.", about="place")
        if not world.is_free(place):
            return Refusal("place", f"De plaats '{place}' is niet vrij.", about="place")
        data["dwelling"] = dwelling.told()
    return {**request, "data": data}


def taken(world: World, step: str, request: Json) -> None:
    """Know the supporter from now on of whom a step was taken."""
    if step in FILLED:
        world.supporters.add(request["data"]["supporter"])
