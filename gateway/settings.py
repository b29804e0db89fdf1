"""Settings from the environment (`OPSTAP_…`); every default is safe on one machine only."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from gateway.mail_login import mail_login
from privacy.master import FILE as MASTER_FILE
from privacy.signing_key import FILE as SIGNING_FILE


class Settings(BaseSettings):
    """Where everything is. Names in the environment are the field names with `OPSTAP_` before."""

    model_config = SettingsConfigDict(env_prefix="OPSTAP_", extra="ignore")

    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "opstap"
    temporal_profile: str | None = Field(default=None, description="a profile of temporal.toml")
    temporal_config: Path | None = Field(default=None, description="path of temporal.toml")
    task_queue: str = "opstap"
    state_dir: Path = Path("var")
    database_url: str | None = None
    smtp_host: str | None = None
    smtp_port: int = 25
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_password_file: Path | None = Field(default=None, description="the same, in a file")
    smtp_tls: bool = False
    smtp_lines: int = Field(default=3, gt=0, description="mails under way to the server at once")
    post_patience_hours: int = Field(
        default=48, gt=0, description="hours of 'not now' (4xx) after which a mail becomes a task"
    )
    post_folder: Path | None = Field(default=None, description="write mails here, send nothing")
    programme: str = "wonen-met-kansen"
    programmes_dir: Path | None = Field(default=None, description="the organisation's own profiles")
    letters_dir: Path | None = Field(default=None, description="the organisation's own letters")
    master_key: SecretStr | None = Field(
        default=None, description="32 bytes as base64; first wraps"
    )
    master_key_file: Path | None = Field(default=None, description="the same, one a line")
    sealed: bool = Field(default=True, description="false: invented people and measurements alone")
    signing_key: SecretStr | None = Field(
        default=None, description="32 bytes as base64; first signs"
    )
    signing_key_file: Path | None = Field(default=None, description="the same, one a line")
    signed_within: int = Field(default=300, gt=0, description="seconds that a signature counts")
    unsigned_steps: bool = Field(
        default=False, description="true: steps straight from Temporal, as on one machine"
    )
    max_cached_workflows: int = 2000
    checkpoint_key_file: Path | None = Field(default=None, description="signs the checkpoints")
    proof_dir: Path | None = Field(default=None, description="exports and copies of checkpoints")
    update_with_start: bool = Field(default=True, description="the test server does not know it")

    @property
    def master_file(self) -> Path:
        """The file of the master key; without one that is named, in the state directory."""
        return self.master_key_file or self.state_dir.resolve() / MASTER_FILE

    @property
    def signing_file(self) -> Path:
        """The file of the key that signs steps; without one that is named, in the state folder."""
        return self.signing_key_file or self.state_dir.resolve() / SIGNING_FILE

    @property
    def smtp_login(self) -> tuple[str, str] | None:
        """User and password of the mail server; None where it asks for neither.

        Raises:
            MailLoginError: a user without a password, or a file that cannot be read.
        """
        return mail_login(self.smtp_user, self.smtp_password, self.smtp_password_file)

    @property
    def database(self) -> str:
        """The database URL; without one, a file in the state directory."""
        if self.database_url:
            return self.database_url
        return f"sqlite+aiosqlite:///{self.state_dir.resolve() / 'opstap.db'}"

    @property
    def checkpoint_file(self) -> Path:
        """The key that signs; without one that is named, that of the stack of this machine."""
        return self.checkpoint_key_file or self.state_dir.resolve() / "checkpoint.key"

    @property
    def is_at_hand(self) -> bool:
        """Whether there is a database to open: one that is named, or the file of the stack."""
        return bool(self.database_url) or (self.state_dir / "opstap.db").exists()

    @property
    def proof(self) -> Path:
        """Where exports and the second copy of the checkpoints stand, outside the database."""
        return self.proof_dir or self.state_dir / "proof"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()
