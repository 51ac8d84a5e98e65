"""The only reader of the environment. Every variable is `KEYDESK_` plus the field's name in upper case."""

import base64
import binascii
import os
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SecretsSettingsSource, SettingsConfigDict

DEMO_SECRET = "keydesk-demo-secret-do-not-use-elsewhere"  # noqa: S105 - refused outside the demo
PREFIX = "KEYDESK_"
DEMO_KEY = "demo"
DEMO_PASSWORD = ":keydesk-demo@"  # noqa: S105 - refused outside the demo
KEY_BYTES = 32
ADDRESS = r"^[^\s:]+:\d{1,5}$"
ROLES = Literal["installer", "pro_partner", "participant", "keyuser", "ops", "admin"]


class Settings(BaseSettings):
    """How this process runs. Secrets come from the environment or from files, and are never shown in logs or errors."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, hide_input_in_errors=True)

    home: Path = Field(Path(".keydesk"), description="folder that holds all data of `keydesk up`")
    port: int = Field(8080, ge=0, le=65535, description="port of the API; 0 picks a free one")
    host: str = Field("127.0.0.1", description="address that the API listens on")
    database_url: SecretStr = Field(
        SecretStr("postgresql://keydesk@127.0.0.1:5432/keydesk"), description="PostgreSQL, with its password"
    )
    temporal_address: str = Field("127.0.0.1:7233", description="Temporal front end, host:port")
    temporal_namespace: str = Field("default", description="Temporal namespace")
    temporal_tls: bool = Field(default=False, description="speak TLS with Temporal")
    temporal_ca_file: Path | None = Field(
        None, description="certificate authority of Temporal's TLS; default: the system's"
    )
    temporal_cert_file: Path | None = Field(None, description="certificate of this client, for mutual TLS")
    temporal_key_file: Path | None = Field(None, description="private key of that certificate")
    temporal_api_key: SecretStr | None = Field(None, description="API key, for Temporal Cloud")
    temporal_ui_url: str | None = Field(
        None, description="address of the Temporal UI: its pages alone may ask the codec endpoint from a browser"
    )
    payload_keys: SecretStr | None = Field(
        None,
        description="keys that encrypt what Temporal keeps, as `keydesk newkey` prints them, with commas between: the"
        " first encrypts, each decrypts; needed outside the demo",
    )
    smtp_url: SecretStr = Field(SecretStr("smtp://127.0.0.1:1025"), description="mail relay, with its password")
    mail_from: str = Field("Keydesk <desk@keydesk.example>", description="sender of every email")
    documents_url: str | None = Field(
        None,
        description="where documents and cards are stored: file:///… or s3://…; default: <home>/documents",
    )
    base_url: str = Field("http://127.0.0.1:8080", description="public address, printed in emails and QR codes")
    token_secret: SecretStr = Field(SecretStr(DEMO_SECRET), description="key that signs bearer tokens")
    demo: bool = Field(default=False, description="accept demo accounts and the demo secret")
    oidc_issuer: str | None = Field(
        None, description="OpenID Connect issuer that vouches for people, as its tokens name it; default: none"
    )
    oidc_discovery_url: str | None = Field(
        None, description="where it is asked for its configuration, if not at its own address"
    )
    oidc_audience: str | None = Field(
        None, description="audience that its bearer tokens must have; default: KEYDESK_OIDC_CLIENT_ID"
    )
    oidc_client_id: str | None = Field(None, description="this desk's name there; with it, people sign in on the pages")
    oidc_client_secret: SecretStr | None = Field(None, description="this desk's secret there; none for a public client")
    oidc_login_claim: str = Field("preferred_username", description="claim with the login; `a.b` is `b` inside `a`")
    oidc_role_claim: str = Field("keydesk_role", description="claim with the role, or with a list that has one")
    oidc_country_claim: str = Field("keydesk_country", description="claim with the country's code")
    oidc_company_claim: str = Field("keydesk_company", description="claim with the company's name")
    oidc_email_claim: str = Field("email", description="claim with the email address")
    oidc_roles: dict[str, ROLES] = Field(
        {}, description='roles by the values of that claim, as JSON: {"desk-es": "keyuser"}; default: their own names'
    )
    secrets_dir: Path | None = Field(
        None, description="folder with a file for each variable that is not in the environment, named as it, lower case"
    )
    build_id: str | None = Field(
        None,
        description="this release's name for Temporal's worker versioning; then `keydesk release` makes it current",
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=60,
        description="so long an API that is asked to end goes on, while /readyz tells proxies to leave it",
    )
    metrics_address: str | None = Field(
        None, pattern=ADDRESS, description="host:port where a worker answers Prometheus; the API has /metrics"
    )
    temporal_metrics_address: str | None = Field(
        None, pattern=ADDRESS, description="host:port where the Temporal client's own figures are answered"
    )
    otlp_endpoint: str | None = Field(
        None, pattern=r"^https?://", description="where traces go, by OTLP over HTTP: http://collector:4318/v1/traces"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the files of `KEYDESK_SECRETS_DIR`."""
        folder = os.environ.get(f"{PREFIX}SECRETS_DIR")
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, secrets_dir=folder)

    @model_validator(mode="after")
    def _refuse_demo_secrets(self) -> Self:
        if not self.demo and self.token_secret.get_secret_value() == DEMO_SECRET:
            raise ValueError("KEYDESK_TOKEN_SECRET is not set: the demo secret works only with KEYDESK_DEMO=true")
        if self.oidc_issuer is not None and not (self.oidc_audience or self.oidc_client_id):
            raise ValueError("KEYDESK_OIDC_ISSUER needs KEYDESK_OIDC_AUDIENCE or KEYDESK_OIDC_CLIENT_ID")
        if len(self.token_secret.get_secret_value()) < 32:
            raise ValueError("KEYDESK_TOKEN_SECRET is too short: give at least 32 characters")
        if not self.demo and not self.payload_keys_by_id:
            raise ValueError("KEYDESK_PAYLOAD_KEYS is not set: `keydesk newkey` prints one; only the demo goes without")
        if not self.demo and DEMO_KEY in self.payload_keys_by_id:
            raise ValueError("KEYDESK_PAYLOAD_KEYS has the demo's key: `keydesk newkey` prints one of your own")
        if not self.demo and DEMO_PASSWORD in self.database_url.get_secret_value():
            raise ValueError("KEYDESK_DATABASE_URL has the demo's password: set one of your own")
        return self

    @cached_property
    def payload_keys_by_id(self) -> dict[str, bytes]:
        """The keys of `payload_keys` by their ids, 32 bytes each, the one that encrypts first; empty without keys.

        Raises `ValueError` for anything else than `id:key,id:key …`.
        """
        text = self.payload_keys.get_secret_value().strip() if self.payload_keys else ""
        keys: dict[str, bytes] = {}
        for entry in filter(None, (one.strip() for one in text.split(","))):
            name, _, encoded = entry.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                key = b""
            if not name or name in keys or len(key) != KEY_BYTES:
                raise ValueError("KEYDESK_PAYLOAD_KEYS must be id:key,id:key … as `keydesk newkey` prints them")
            keys[name] = key
        return keys

    @property
    def documents(self) -> str:
        """URL of the document store, always with a scheme."""
        return self.documents_url or (self.home.resolve() / "documents").as_uri()
