"""The workflow of an import: what was recorded replays, and ops read in Temporal what it is about."""

import base64
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.stack.running import Stack
from tests.workflows.record_imports import FOLDER, PATHS, brought_in
from tests.workflows.walks import workflow_of
from workers.sandbox import runner
from workflows.importing import ImportWorkflow

STORED = sorted(FOLDER.glob("*.json"))


def test_every_path_has_a_history() -> None:
    assert {file.stem for file in STORED} == set(PATHS)


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
async def test_what_was_recorded_replays(file: Path) -> None:
    replayer = Replayer(workflows=[ImportWorkflow], workflow_runner=runner(), data_converter=pydantic_data_converter)
    await replayer.replay_workflow(WorkflowHistory.from_json(file.stem, file.read_text()))


@pytest.mark.parametrize("file", STORED, ids=lambda file: file.stem)
def test_a_history_holds_the_id_only(file: Path) -> None:
    events = json.loads(file.read_text())["events"]
    started = events[0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
    assert [set(json.loads(base64.b64decode(one["data"]))) for one in started] == [{"import_id"}]
    assert "list.csv" not in file.read_text()


async def test_ops_see_what_it_is_about(stack: Stack) -> None:
    described = await workflow_of(stack, await brought_in(stack, "done")).describe()
    assert described.workflow_type == "import"
    assert "campaign-products" in (await described.static_summary() or "")
