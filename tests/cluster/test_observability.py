"""What ops see of a cluster: figures of desk and Temporal's client, one trace from call to card, readiness."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from temporalio.service import RPCError

from store.migrate import serves
from tests.api.test_operations import logged
from tests.cluster.collector import Collector
from tests.cluster.test_privacy import PERSON, REMARKS
from tests.stack.running import Stack
from tests.stack.walks import decided, eventually, filed, pulled, settled

DECIDED = "POST /requests/{request_id}/actions/{trigger}"

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def figures(stack: Stack) -> Figures:
    """Every sample of /metrics by name and labels."""
    answer = await stack.client_of(None).get("/metrics")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(found: Figures, name: str, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


async def test_figures_follow_a_request(cluster: Stack) -> None:
    before = await figures(cluster)
    request_id = (await filed(cluster))["id"]
    labels = {"country": "ES", "kind": "commissioning"}
    pending = await figures(cluster)
    assert of(pending, "keydesk_requests", state="submitted", **labels) == 1 + of(
        before, "keydesk_requests", state="submitted", **labels
    )
    assert of(pending, "keydesk_longest_wait_seconds", side="keyuser", **labels) > 0
    await decided(cluster, "keyuser.es", request_id, "accept")
    await settled(cluster, request_id)
    after = await figures(cluster)
    assert of(after, "keydesk_requests", state="processed", **labels) >= 1
    for name, tags in (
        ("keydesk_decisions", {"trigger": "accept", "outcome": "booked"}),
        ("keydesk_activities_total", {"activity": "issue_card", "outcome": "done"}),
        ("keydesk_activities_total", {"activity": "send_email", "outcome": "done"}),
        ("keydesk_cards", {"status": "valid"}),
        ("keydesk_emails", {"status": "sent"}),
    ):
        assert of(after, name, **tags) > of(before, name, **tags), name
    free = {"country": "ES", "pool": "card"}
    assert of(after, "keydesk_free_numbers", **free) == of(before, "keydesk_free_numbers", **free) - 1
    assert of(after, "keydesk_figures_up") == 1


async def test_a_refused_decision_is_counted_as_refused(cluster: Stack) -> None:
    before = await figures(cluster)
    request_id = (await filed(cluster))["id"]
    await decided(cluster, "installer.abc", request_id, "withdraw")
    answer = await pulled(cluster, "keyuser.es", request_id, "accept")
    assert answer.status_code == 409
    after = await figures(cluster)
    assert of(after, "keydesk_activities_total", activity="book_move", outcome="failed") == of(
        before, "keydesk_activities_total", activity="book_move", outcome="failed"
    )


async def test_temporal_s_client_tells_its_own_figures(cluster: Stack) -> None:
    address = cluster.settings.temporal_metrics_address
    async with httpx.AsyncClient() as client:
        told = (await client.get(f"http://{address}/metrics")).text
    assert "temporal_request" in told


async def test_a_trace_leads_from_the_calls_to_the_card(cluster: Stack, collector: Collector) -> None:
    """The submission's trace goes on in the workflow and its activities; a decision's call is linked with it."""
    request_id = (await filed(cluster, end_user=PERSON, remarks=REMARKS))["id"]
    with logged() as written:
        await decided(cluster, "keyuser.es", request_id, "accept", comment="Greetings to Zenobia")
        await settled(cluster, request_id)

    def of_case(name: str) -> list[Span]:
        return [
            span
            for _, span in collector.spans
            if span.name == name and any(tag.value.string_value == request_id for tag in span.attributes)
        ]

    async def sent() -> bool:
        return all(map(of_case, ("HandleUpdate:decide", "RunActivity:issue_card", "RunActivity:send_email", DECIDED)))

    await eventually(sent, f"spans are missing: {sorted({span.name for _, span in collector.spans})}")
    [handled], [called] = of_case("HandleUpdate:decide"), of_case(DECIDED)
    trace = [(service, span.name) for service, span in collector.spans if span.trace_id == handled.trace_id]
    assert ("keydesk-api", "POST /requests/commissioning") in trace
    for name in (
        "RunActivity:record_request",
        "RunActivity:book_move",
        "RunActivity:issue_card",
        "RunActivity:send_email",
    ):
        assert ("keydesk-worker", name) in trace
    assert [link.trace_id for link in handled.links] == [called.trace_id]
    for secret in (*PERSON.values(), REMARKS, "Greetings to Zenobia"):
        assert secret.encode() not in bytes(collector.raw), secret
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    answered = {
        line["trace_id"] for line in lines if line["message"] == "answered" and line.get("request_id") == request_id
    }
    assert called.trace_id.hex() in answered


async def test_a_schema_that_is_behind_is_not_ready(cluster: Stack) -> None:
    async with cluster.sessions() as session:
        assert await serves(session)
        await session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        assert not await serves(session)
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        assert await serves(session)  # a newer version has expanded the schema; this one goes on
        await session.execute(text("DELETE FROM alembic_version"))
        assert not await serves(session)


DOCKER = Path(__file__).parents[2] / "docker" / "observability"
NAME = re.compile(r"\b(?:keydesk|temporal)_[a-z_]+\b")


def expressions() -> Iterator[tuple[str, str]]:
    """Every query of alerts and dashboards, with the file that it stands in."""
    for file in sorted(DOCKER.rglob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            yield from ((file.name, target["expr"]) for target in panel.get("targets", ()))
    for line in (DOCKER / "alerts.yml").read_text().splitlines():
        if line.strip().startswith("expr:"):
            yield "alerts.yml", line


async def test_every_figure_that_alerts_and_dashboards_ask_for_is_told(cluster: Stack) -> None:
    await settled(cluster, (await filed(cluster))["id"])
    with pytest.raises(RPCError):
        await cluster.parts.desk.client.get_workflow_handle("nobody").describe()  # so that there is a failure to count
    address = cluster.settings.temporal_metrics_address
    async with httpx.AsyncClient() as client:
        temporal = (await client.get(f"http://{address}/metrics")).text
    told = set(NAME.findall((await cluster.client_of(None).get("/metrics")).text)) | set(NAME.findall(temporal))
    asked = {(file, name) for file, expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 15
    assert {one for one in asked if one[1] not in told} == set()


def test_there_is_a_runbook_for_every_alert() -> None:
    alerts = re.findall(r"- alert: (\w+)", (DOCKER / "alerts.yml").read_text())
    runbook = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text()
    assert len(alerts) > 5
    assert [alert for alert in alerts if alert not in runbook] == []


@pytest.mark.parametrize("name", ["alerts.yml", "prometheus.yml"])
def test_the_rules_are_there(name: str) -> None:
    assert (DOCKER / name).read_text().startswith("#")
