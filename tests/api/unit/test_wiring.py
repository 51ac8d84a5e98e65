"""What API and workers build from the settings: the way to Temporal, and the identity provider."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from temporalio.service import TLSConfig

from api.wiring import cluster_of, issuer_of, tracing_of
from domain.access import Role
from settings import Settings
from workers.embedded.home import new_payload_key


def settings(**named: Any) -> Settings:
    return Settings(demo=True, **named)


def test_by_default_temporal_is_near_and_everything_clear() -> None:
    cluster = cluster_of(settings())
    assert (cluster.address, cluster.namespace, cluster.tls, cluster.api_key) == (
        "127.0.0.1:7233",
        "default",
        False,
        None,
    )
    assert (dict(cluster.keys), list(cluster.interceptors), cluster.runtime) == ({}, [], None)
    assert tracing_of(settings(), "keydesk-api") is None
    assert issuer_of(settings()) is None


def test_tls_by_the_system_s_authorities_and_an_api_key() -> None:
    cluster = cluster_of(settings(temporal_tls=True, temporal_api_key=SecretStr("cloud")))
    assert cluster.tls == TLSConfig()
    assert cluster.api_key == "cloud"
    assert "cloud" not in repr(cluster)


def test_mutual_tls_from_files(tmp_path: Path) -> None:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).write_text(name)
    files = {f"temporal_{name}_file": tmp_path / name for name in ("ca", "cert", "key")}
    assert cluster_of(settings(**files)).tls == TLSConfig(
        server_root_ca_cert=b"ca", client_cert=b"cert", client_private_key=b"key"
    )


def test_the_first_key_encrypts_and_none_is_shown() -> None:
    new, old = new_payload_key(), new_payload_key()
    cluster = cluster_of(settings(payload_keys=SecretStr(f"{new}, {old}")))
    assert list(cluster.keys) == [new.split(":")[0], old.split(":")[0]]
    assert new.split(":")[1] not in repr(cluster)


def test_an_issuer_needs_an_audience() -> None:
    with pytest.raises(ValueError, match="KEYDESK_OIDC_AUDIENCE or KEYDESK_OIDC_CLIENT_ID"):
        settings(oidc_issuer="https://login.example.org")
    issuer = issuer_of(settings(oidc_issuer="https://login.example.org", oidc_client_id="desk"))
    assert issuer is not None
    assert (issuer.url, issuer.audience, issuer.client_id, issuer.client_secret) == (
        "https://login.example.org",
        "desk",
        "desk",
        None,
    )


def test_roles_are_translated_or_named_as_they_are() -> None:
    own: dict[str, Any] = {"oidc_issuer": "https://login.example.org", "oidc_audience": "desk"}
    by_name, translated = issuer_of(settings(**own)), issuer_of(settings(**own, oidc_roles={"boss": "admin"}))
    assert by_name is not None
    assert translated is not None
    assert by_name._roles == {role.value: role for role in Role}
    assert translated._roles == {"boss": Role.ADMIN}
