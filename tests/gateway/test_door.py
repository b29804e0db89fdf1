"""A worker that reaches real people does not start with the account of the example."""

import os
import subprocess
from pathlib import Path

import pytest

from embedded.child import program
from gateway.door import NotReadyError, check_account
from gateway.settings import Settings
from letters.sources import OURS

OWN_ACCOUNT = "BE68 5390 0754 7034"
EXAMPLE = (OURS / "organisation.toml").read_text("utf-8")


def refused(host: str, path: Path, todo: str = "") -> str:
    return (
        f"De worker start niet, want over {host} vertrekken echte mails en in {path} is `pay_to` "
        f"nog de rekening van het voorbeeld, van niemand: {todo}vul daar de rekening in waarop "
        "bewoners betalen en start opnieuw."
    )


COPY = "zet een kopie in uw eigen map (OPSTAP_LETTERS_DIR), "


@pytest.mark.parametrize("host", ["mail.opstap.example", "192.0.2.25", "2001:db8::25"])
def test_the_example_of_the_product_is_refused_by_name(host: str) -> None:
    with pytest.raises(NotReadyError) as caught:
        check_account(Settings(smtp_host=host, letters_dir=None))
    assert refused(host, OURS / "organisation.toml", COPY) == str(caught.value)


def test_a_copy_in_which_only_the_account_was_forgotten_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "organisation.toml"
    own.write_text(EXAMPLE.replace('"BE71 0961 2345 6769"', '"BE71096123456769"'), "utf-8")
    with pytest.raises(NotReadyError) as caught:
        check_account(Settings(smtp_host="mail.opstap.example", letters_dir=tmp_path))
    assert refused("mail.opstap.example", own) == str(caught.value)


def test_an_account_of_ones_own_opens_the_door(tmp_path: Path) -> None:
    own = tmp_path / "organisation.toml"
    own.write_text(EXAMPLE.replace("BE71 0961 2345 6769", OWN_ACCOUNT), "utf-8")
    check_account(Settings(smtp_host="mail.opstap.example", letters_dir=tmp_path))


@pytest.mark.parametrize("host", [None, "", "127.0.0.1", "::1", "localhost", "LocalHost"])
def test_what_stays_on_this_machine_may_have_the_example(host: str | None) -> None:
    check_account(Settings(smtp_host=host, letters_dir=None))


def test_what_goes_into_a_folder_may_have_the_example(tmp_path: Path) -> None:
    check_account(Settings(smtp_host="mail.opstap.example", post_folder=tmp_path))


@pytest.mark.parametrize("words", [["worker"], ["cli.main", "worker"]])
def test_the_worker_refuses_at_the_door_wherever_somebody_stands(
    words: list[str], tmp_path: Path
) -> None:
    stands_in = tmp_path / "here"
    stands_in.mkdir()
    (stands_in / "models.py").write_text("raise SystemExit('a file of somebody else')")
    given = {"OPSTAP_SMTP_HOST": "mail.opstap.example", "OPSTAP_STATE_DIR": str(tmp_path / "var")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPSTAP_")}
    done = subprocess.run(
        [*program(words[0]), *words[1:]],
        cwd=stands_in,
        check=False,
        capture_output=True,
        text=True,
        env={**kept, **given},
        timeout=60,
    )
    said = refused("mail.opstap.example", OURS / "organisation.toml", COPY)
    assert (1, "", said) == (done.returncode, done.stdout, done.stderr.strip())
    assert not (tmp_path / "var").exists(), "before anything is made"
