"""The only reader of the environment. Every variable is `KEYDESK_` plus the field's name in upper case."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO_SECRET = "keydesk-demo-secret-do-not-use-elsewhere"  # noqa: S105 - refused outside the demo


class Settings(BaseSettings):
    """How this process runs. Secrets come from the environment and are never shown in logs or errors."""

    model_config = SettingsConfigDict(env_prefix="KEYDESK_", hide_input_in_errors=True)

    home: Path = Field(Path(".keydesk"), description="folder that holds all data of `keydesk up`")
    port: int = Field(8080, ge=0, le=65535, description="port of the API; 0 picks a free one")
    host: str = Field("127.0.0.1", description="address that the API listens on")
    database_url: SecretStr = Field(
        SecretStr("postgresql://keydesk@127.0.0.1:5432/keydesk"), description="PostgreSQL, with its password"
    )
    temporal_address: str = Field("127.0.0.1:7233", description="Temporal front end, host:port")
    temporal_namespace: str = Field("default", description="Temporal namespace")
    smtp_url: SecretStr = Field(SecretStr("smtp://127.0.0.1:1025"), description="mail relay, with its password")
    mail_from: str = Field("Keydesk <desk@keydesk.example>", description="sender of every email")
    documents_url: str | None = Field(
        None,
        description="where documents and cards are stored: file:///… or s3://…; default: <home>/documents",
    )
    base_url: str = Field("http://127.0.0.1:8080", description="public address, printed in emails and QR codes")
    token_secret: SecretStr = Field(SecretStr(DEMO_SECRET), description="key that signs bearer tokens")
    demo: bool = Field(default=False, description="accept demo accounts and the demo secret")
    oidc_issuer: str | None = Field(None, description="reserved for sign-in by OIDC; must be empty for now")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @model_validator(mode="after")
    def _refuse_demo_secrets(self) -> Self:
        if not self.demo and self.token_secret.get_secret_value() == DEMO_SECRET:
            raise ValueError("KEYDESK_TOKEN_SECRET is not set: the demo secret works only with KEYDESK_DEMO=true")
        if self.oidc_issuer is not None:
            raise ValueError("KEYDESK_OIDC_ISSUER is set, but sign-in by OIDC does not exist yet: leave it out")
        if len(self.token_secret.get_secret_value()) < 32:
            raise ValueError("KEYDESK_TOKEN_SECRET is too short: give at least 32 characters")
        return self

    @property
    def documents(self) -> str:
        """URL of the document store, always with a scheme."""
        return self.documents_url or (self.home.resolve() / "documents").as_uri()
