"""What API and workers build alike from the settings."""

from temporalio.service import TLSConfig

from api.oidc import ClaimNames, Issuer
from domain.access import Role
from settings import Settings
from workflows.client import Cluster


def cluster_of(settings: Settings) -> Cluster:
    """The Temporal cluster that the settings name."""
    key = settings.temporal_api_key
    return Cluster(
        settings.temporal_address,
        settings.temporal_namespace,
        settings.payload_keys_by_id,
        _tls(settings),
        key.get_secret_value() if key else None,
    )


def issuer_of(settings: Settings) -> Issuer | None:
    """The identity provider that the settings name."""
    if settings.oidc_issuer is None:
        return None
    names = ClaimNames(
        settings.oidc_login_claim,
        settings.oidc_role_claim,
        settings.oidc_country_claim,
        settings.oidc_company_claim,
        settings.oidc_email_claim,
    )
    roles = {value: Role(role) for value, role in settings.oidc_roles.items()} or {role.value: role for role in Role}
    return Issuer(settings.oidc_issuer, settings.oidc_audience or settings.oidc_client_id or "", names, roles)


def _tls(settings: Settings) -> TLSConfig | bool:
    ca, certificate, key = settings.temporal_ca_file, settings.temporal_cert_file, settings.temporal_key_file
    if not (settings.temporal_tls or ca or certificate):
        return False
    return TLSConfig(
        server_root_ca_cert=ca.read_bytes() if ca else None,
        client_cert=certificate.read_bytes() if certificate else None,
        client_private_key=key.read_bytes() if key else None,
    )
