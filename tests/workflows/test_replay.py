"""Every release must be able to go on with every workflow that is under way: stored histories are replayed.

`tests/workflows/record.py` says how they are recorded, and when to.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from domain.states import Kind, Side, State, Trigger
from statemachines.commissioning import MOVES
from statemachines.registry import TABLES
from tests.workflows import changed
from tests.workflows.record import HISTORIES, PATHS
from tests.workflows.walks import PERSONAL
from workers.sandbox import runner
from workflows.encryption import converter
from workflows.registry import WORKFLOWS
from workflows.request import RequestWorkflow

STORED = sorted(HISTORIES.glob("*/*.json"))
COMMISSIONING = {
    "accept",
    "amend",
    "cancel_after",
    "cancel_inside",
    "deny_resubmit",
    "expire",
    "no_card",
    "refused",
    "withdraw",
    "wrong_data",
}


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


async def replayed(file: Path, *workflows: type[RequestWorkflow], keys: Mapping[str, bytes] | None = None) -> None:
    """Replay one history. Raises what the workflow does otherwise than then."""
    replayer = Replayer(
        workflows=workflows or list(WORKFLOWS.values()),
        workflow_runner=runner(),
        data_converter=converter(keys or {}),
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(file.stem, file.read_text()))


def values_in(node: Any) -> Iterator[str]:
    """Every text of a history, payloads decoded."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield base64.b64decode(value).decode() if key == "data" and isinstance(value, str) else ""
            yield from values_in(value)
    elif isinstance(node, list):
        for one in node:
            yield from values_in(one)
    elif isinstance(node, str):
        yield node


@pytest.mark.parametrize("file", STORED, ids=name_of)
async def test_what_was_recorded_replays(file: Path) -> None:
    await replayed(file)


@pytest.mark.parametrize("file", STORED[::5], ids=name_of)
async def test_what_was_recorded_before_there_were_keys_replays_with_them(file: Path) -> None:
    await replayed(file, keys={"2026": bytes(32)})


def test_every_kind_has_a_history_of_every_path() -> None:
    assert PATHS.keys() == WORKFLOWS.keys()
    wanted = {f"{kind}/{path.__name__}" for kind, paths in PATHS.items() for path in paths}
    assert {name_of(file) for file in STORED} == wanted
    assert {path.__name__ for path in PATHS[Kind.COMMISSIONING]} == COMMISSIONING


@pytest.mark.parametrize("kind", WORKFLOWS)
def test_every_decision_is_in_a_history(kind: Kind) -> None:
    """Whoever adds a move to a table adds a path."""
    told = "\n".join(
        text for file in STORED if file.parent.name == kind for text in values_in(json.loads(file.read_text()))
    )
    decided = set(re.findall(r'"trigger":"(\w+)"', told))
    assert decided == {move.trigger.value for move in TABLES[kind] if move.by is not Side.SYSTEM}
    assert {move.target.value for move in TABLES[kind]} <= set(re.findall(r'"state":"(\w+)"', told))


@pytest.mark.parametrize("file", STORED, ids=name_of)
def test_a_history_names_no_person(file: Path) -> None:
    """What passes through Temporal is moves: no name, no address, no comment."""
    told = "\n".join(values_in(json.loads(file.read_text())))
    assert told.count("request_id") > 0
    for private in PERSONAL:
        assert private.lower() not in told.lower()


def test_the_values_in_histories_stand() -> None:
    """They are stored: a new name for one would leave workflows under way that nobody can read."""
    assert [one.value for one in State] == [
        "submitted",
        "wrong_data",
        "denied",
        "accepted",
        "partially_accepted",
        "processed",
        "cancelled",
    ]
    assert {"accept", "deny", "flag_wrong_data", "resubmit", "finish", "withdraw", "cancel_by_end_user"} <= set(Trigger)
    assert {"cancel", "expire", "amend"} <= set(Trigger)
    assert [kind.value for kind in WORKFLOWS] == [
        "commissioning",
        "warranty-extension",
        "end-user-warranty",
        "extra-years",
        "unit-replacement",
        "points",
    ]


@pytest.mark.parametrize(
    ("release", "path"),
    [
        (changed.WithoutCard, "accept"),
        (changed.FinishFirst, "accept"),
        (changed.WithoutTimers, "withdraw"),
        (changed.WithoutTimers, "expire"),
        (changed.AnotherTimer, "refused"),
        (changed.AnotherTimer, "wrong_data"),
    ],
)
async def test_an_incompatible_release_is_caught(release: type[RequestWorkflow], path: str) -> None:
    with pytest.raises(NondeterminismError):
        await replayed(HISTORIES / "commissioning" / f"{path}.json", release)


@pytest.mark.parametrize(
    ("trigger", "target", "path"),
    [
        (Trigger.ACCEPT, State.PROCESSED, "accept"),
        (Trigger.DENY, State.CANCELLED, "deny_resubmit"),
        (Trigger.WITHDRAW, State.DENIED, "withdraw"),
        (Trigger.EXPIRE, State.SUBMITTED, "expire"),
    ],
)
async def test_a_changed_destination_is_caught(
    monkeypatch: pytest.MonkeyPatch, trigger: Trigger, target: State, path: str
) -> None:
    moved = tuple(replace(move, target=target) if move.trigger is trigger else move for move in MOVES)
    monkeypatch.setitem(TABLES, Kind.COMMISSIONING, moved)
    with pytest.raises(NondeterminismError):
        await replayed(HISTORIES / "commissioning" / f"{path}.json")
