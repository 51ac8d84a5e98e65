"""What API and workers build alike from the settings, and the clock that both go by."""

from datetime import UTC, datetime
from functools import cache

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import TLSConfig

from api.oidc import ClaimNames, Issuer
from api.tracing import Tracing, tracing_to
from domain.access import Role
from settings import Settings
from workflows.client import Cluster


def now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


def cluster_of(settings: Settings, tracing: Tracing | None = None) -> Cluster:
    """The Temporal cluster that the settings name, its calls traced."""
    key = settings.temporal_api_key
    return Cluster(
        settings.temporal_address,
        settings.temporal_namespace,
        settings.payload_keys_by_id,
        _tls(settings),
        key.get_secret_value() if key else None,
        [tracing.interceptor] if tracing else [],
        _runtime(settings.temporal_metrics_address) if settings.temporal_metrics_address else None,
    )


def tracing_of(settings: Settings, service: str) -> Tracing | None:
    """Where this process sends its traces; None: nowhere."""
    return tracing_to(settings.otlp_endpoint, service) if settings.otlp_endpoint else None


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
    audience = settings.oidc_audience or settings.oidc_client_id or ""
    secret = settings.oidc_client_secret
    return Issuer(
        settings.oidc_issuer,
        audience,
        names,
        roles,
        discovery=settings.oidc_discovery_url,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
    )


@cache
def _runtime(address: str) -> Runtime:
    """The Temporal client's own threads, which tell its own figures at this address: one set of them in a process."""
    told = PrometheusConfig(
        bind_address=address,
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
    )
    return Runtime(telemetry=TelemetryConfig(metrics=told))


def _tls(settings: Settings) -> TLSConfig | bool:
    ca, certificate, key = settings.temporal_ca_file, settings.temporal_cert_file, settings.temporal_key_file
    if not (settings.temporal_tls or ca or certificate):
        return False
    return TLSConfig(
        server_root_ca_cert=ca.read_bytes() if ca else None,
        client_cert=certificate.read_bytes() if certificate else None,
        client_private_key=key.read_bytes() if key else None,
    )
