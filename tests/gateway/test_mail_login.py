"""The login of the mail server: from the environment, or from a file that only the worker reads."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway.mail_login import MailLoginError
from gateway.settings import Settings


def test_the_password_comes_from_a_file_or_from_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "smtp.password"
    file.write_text("geheim met spatie \n", encoding="utf-8")
    from_file = Settings(smtp_user="opstap", smtp_password_file=file)
    assert ("opstap", "geheim met spatie ") == from_file.smtp_login
    both = from_file.model_copy(update={"smtp_password": SecretStr("ander")})
    assert ("opstap", "ander") == both.smtp_login
    assert "ander" not in repr(both)


def test_a_server_without_a_user_asks_for_no_login(tmp_path: Path) -> None:
    assert Settings(smtp_password_file=tmp_path / "niets").smtp_login is None
    assert Settings(smtp_user="").smtp_login is None


def test_a_user_without_a_password_is_named_before_a_mail_leaves(tmp_path: Path) -> None:
    without = (
        "OPSTAP_SMTP_USER is gezet, maar er is geen wachtwoord: zet het in een bestand en wijs dat "
        "aan met OPSTAP_SMTP_PASSWORD_FILE."
    )
    empty = tmp_path / "leeg"
    empty.write_text("\n", encoding="utf-8")
    for settings in (Settings(smtp_user="o"), Settings(smtp_user="o", smtp_password_file=empty)):
        with pytest.raises(MailLoginError) as caught:
            _ = settings.smtp_login
        assert without == str(caught.value)
    gone = tmp_path / "weg"
    with pytest.raises(MailLoginError) as caught:
        _ = Settings(smtp_user="o", smtp_password_file=gone).smtp_login
    assert (
        f"Het wachtwoord van de mailserver in {gone} kan niet gelezen worden: No such file or "
        "directory."
    ) == str(caught.value)
