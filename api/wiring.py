"""What API and workers build alike from the settings."""

from temporalio.service import TLSConfig

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


def _tls(settings: Settings) -> TLSConfig | bool:
    ca, certificate, key = settings.temporal_ca_file, settings.temporal_cert_file, settings.temporal_key_file
    if not (settings.temporal_tls or ca or certificate):
        return False
    return TLSConfig(
        server_root_ca_cert=ca.read_bytes() if ca else None,
        client_cert=certificate.read_bytes() if certificate else None,
        client_private_key=key.read_bytes() if key else None,
    )
