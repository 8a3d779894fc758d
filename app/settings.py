"""Every setting, its default and its sentence; the only reader of the environment."""

import contextlib
import os
import re
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment or `.env`, each name with the prefix `CHEERBOARD_`."""

    model_config = SettingsConfigDict(
        env_prefix="CHEERBOARD_", env_file=".env", extra="ignore", frozen=True
    )

    database_url: str = Field(
        default="",
        description="Where answers are kept; empty means SQLite in the data folder, "
        "`postgresql+psycopg://…` is PostgreSQL.",
    )
    data_dir: Path = Field(
        default=Path("data"), description="Folder for the database file and the secret key."
    )
    host: str = Field(
        default="0.0.0.0",  # noqa: S104 - screens reach it through the network
        description="Address the server listens on.",
    )
    port: int = Field(default=8080, ge=0, le=65535, description="Port the server listens on.")
    base_url: str = Field(
        default="",
        description="Public address, such as `https://wall.example.com`; empty means what the "
        "browser asked for.",
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""),
        description="Seals stored secrets; made at first start and kept in the data folder.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="One line of text or one JSON object for each event."
    )
    max_body_bytes: int = Field(
        default=1024 * 1024, ge=1024, description="Largest webhook body that is read."
    )
    allow_local_fetch: bool = Field(
        default=False,
        description="Lets sources fetch answers from private addresses, and notices go there.",
    )
    open_boards: bool = Field(
        default=False,
        description="Shows every board to anyone who can reach the server; the demo switches it "
        "on.",
    )
    raw_retention_days: int = Field(
        default=30,
        ge=1,
        le=3650,
        description="Days after which raw deliveries are deleted; answers stay.",
    )
    smtp_host: str = Field(default="", description="Mail server; empty means that no mail is sent.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the way to the mail server is sealed."
    )
    smtp_user: str = Field(default="", description="Who signs in at the mail server, if anybody.")
    smtp_password: SecretStr = Field(
        default=SecretStr(""), description="Password at the mail server."
    )
    smtp_from: str = Field(
        default="", description="Sender of mails, such as `Cheerboard <wall@example.com>`."
    )
    notice_url: str = Field(
        default="",
        description="Address of a webhook that hears of new follow-ups and lost screens; empty "
        "means none.",
    )
    notice_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Its secret, `whsec_…`: what is posted is signed as Standard Webhooks.",
    )
    oidc_issuer: str = Field(
        default="",
        description="Company sign-in (OpenID Connect) beside passwords, such as "
        "`https://login.example.com`; empty means none.",
    )
    oidc_client_id: str = Field(default="", description="How the company sign-in knows us.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Our secret at the company sign-in."
    )
    oidc_name: str = Field(
        default="Company sign-in", description="What the button of the company sign-in says."
    )

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, said: str) -> str:
        """Links and signatures are made with it: a wrong one shows only when nobody gets in."""
        if said and not re.match(r"https?://[^/?#\s]+[^\s]*$", said, re.IGNORECASE):
            raise PydanticCustomError(
                "address", "this is no address such as https://wall.example.com"
            )
        return said

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'cheerboard.db'}"

    @property
    def key(self) -> bytes:
        """The secret key; made and kept in the data folder (mode 0600) when none is set."""
        return self.secret_key.get_secret_value().encode() or _kept_key(self.data_dir)


def _kept_key(folder: Path) -> bytes:
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        # When two processes start at once each makes a whole key, and the first to link it wins.
        ours = folder / f".secret_key-{os.getpid()}"
        with os.fdopen(os.open(ours, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_urlsafe(48).encode())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(ours)
        ours.unlink()
    return path.read_bytes().strip()
