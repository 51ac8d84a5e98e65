"""`keydesk namespace`: what a new Temporal cluster needs before the first worker starts."""

from api.wiring import cluster_of
from settings import Settings
from workflows import client as temporal
from workflows.namespace import register


async def make(settings: Settings) -> None:
    """Make the namespace of the settings, with search attributes and retention. Raises as `register` does."""
    await register(await temporal.connect(cluster_of(settings)))
