"""What carries a request to a trajectory."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

from bench.residents import SIGNING_KEY, request
from gateway.sending import update_id
from models.signing import sign

KEY = b64decode(SIGNING_KEY)
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ASKED = request({"living": "delen"}, "r1-3")


def test_a_request_signed_anew_goes_under_an_update_id_of_its_own() -> None:
    first = sign(KEY, "trajectory-1", "change_wish", ASKED, NOON)
    again = sign(KEY, "trajectory-1", "change_wish", ASKED, NOON + timedelta(seconds=1))
    assert update_id(first) != update_id(again)
    assert first["id"] == again["id"], "that it counts once, the trajectory sees by this id"


def test_the_same_content_is_the_same_update() -> None:
    first = sign(KEY, "trajectory-1", "change_wish", ASKED, NOON)
    assert update_id(first) == update_id(dict(first))
    assert update_id(first).startswith("r1-3-")
