"""The desk's figures as Prometheus reads them, counted in the database when it asks.

Every API tells the same: a dashboard takes the maximum over them, never the sum.
"""

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from store.figures import Figures, Rows

# name → what it says, and its labels; the numbers are the field of the same name in `Figures`.
BY_LABELS: dict[str, tuple[str, str, Sequence[str]]] = {
    "keydesk_requests": ("requests", "Requests by state", ["country", "kind", "state"]),
    "keydesk_longest_wait_seconds": ("waiting", "How long the oldest waits for a side", ["country", "kind", "side"]),
    "keydesk_overdue_requests": ("overdue", "Requests beyond their due date", ["country", "side"]),
    "keydesk_decisions": ("decisions", "Decisions so far", ["trigger", "outcome"]),
    "keydesk_emails": ("emails", "Emails by status", ["status"]),
    "keydesk_cards": ("cards", "Cards by status", ["status"]),
    "keydesk_free_numbers": ("free", "Numbers left in a pool", ["country", "pool"]),
}
PLAIN = {
    "keydesk_cards_blocked": ("blocked", "Requests whose card cannot be printed"),
    "keydesk_submissions_unrecorded": ("unrecorded", "Submissions that no workflow recorded within a minute"),
    "keydesk_oldest_queued_email_seconds": ("oldest_email", "Age of the oldest email that is not out"),
}
UP = "keydesk_figures_up"


class _Found(Collector):
    def __init__(self, found: Figures | None) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(UP, "Whether the database told the figures", value=float(self._found is not None))
        if self._found is None:
            return
        for name, (field, text, labels) in BY_LABELS.items():
            yield _family(name, text, labels, getattr(self._found, field))
        for name, (field, text) in PLAIN.items():
            yield GaugeMetricFamily(name, text, value=float(getattr(self._found, field)))


def told(found: Figures | None) -> bytes:
    """The figures in Prometheus's text format; None: the database could not be asked."""
    registry = CollectorRegistry()
    registry.register(_Found(found))
    return generate_latest(registry)


def _family(name: str, text: str, labels: Sequence[str], rows: Rows) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for *values, number in rows:
        family.add_metric([str(value) for value in values], float(number))
    return family
