import base64
import stat
from pathlib import Path

import pytest

from privacy import master
from privacy.errors import MasterError

NOT_GOOD = (
    "De hoofdsleutel in X is niet goed: verwacht worden 32 bytes als base64, zoals "
    "`opstap codec master BESTAND` ze maakt."
)
KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "master.key"

    assert [True, False] == [master.make_once(file), master.make_once(file)]
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert ["master.key"] == [path.name for path in file.parent.iterdir()]
    assert 1 == len(master.read(file).all)


def test_a_new_key_stands_before_the_old_one_until_that_is_dropped(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    master.make_once(file)
    old = master.read(file).current

    both = master.add(file)
    assert (2, old) == (len(both.all), both.all[1])
    master.keep_current(file)
    assert (both.current,) == master.read(file).all
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


def test_several_keys_may_stand_in_the_environment(tmp_path: Path) -> None:
    load = master.loader(f"{KEY},{KEY}", tmp_path / "none")

    assert 2 == len(load().all)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "De hoofdsleutel in X is leeg."),
        (
            "abc",
            NOT_GOOD,
        ),
        (
            base64.b64encode(b"k" * 16).decode(),
            NOT_GOOD,
        ),
    ],
)
def test_a_wrong_key_is_named(text: str, sentence: str) -> None:
    with pytest.raises(MasterError) as caught:
        master.parse(text, "X")
    assert sentence == str(caught.value)


def test_a_missing_key_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MasterError) as caught:
        master.read(tmp_path / "master.key")
    assert (
        f"Er is geen hoofdsleutel: {tmp_path}/master.key bestaat niet. Zet de bewaarde sleutel "
        "terug, of wijs ze aan met OPSTAP_MASTER_KEY_FILE. Voor een nieuwe databank maakt "
        "`opstap codec master BESTAND` er een."
    ) == str(caught.value)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "master.key").write_bytes(b"\xff\xfe")

    with pytest.raises(MasterError, match="kan niet gelezen worden: geen tekst"):
        master.read(tmp_path / "master.key")
