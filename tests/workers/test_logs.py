"""What a process writes to its log."""

import json
import subprocess
import sys

SCRIPT = """
import logging, warnings
import structlog
from workers.logs import configure_logging
configure_logging("INFO")
structlog.contextvars.bind_contextvars(request_id="ES-COM-000001")
structlog.get_logger("keydesk.test").info("card issued", version=2)
logging.getLogger("library").warning("slow %s", "step", extra={"temporal_workflow": {"id": "w"}, "secret": "x"})
logging.getLogger("transitions.core").info("noise")
logging.getLogger("uvicorn.access").info("GET /?q=28013")
warnings.warn("old")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("keydesk.test").exception("failed")
"""


def test_every_line_is_json_with_the_request_and_nothing_unasked() -> None:
    done = subprocess.run((sys.executable, "-c", SCRIPT), capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"].partition("\n")[0].rpartition(": ")[2] for line in lines] == [
        "card issued",
        "slow step",
        "old",
        "failed",
    ]
    assert all(line["request_id"] == "ES-COM-000001" for line in lines)
    issued, slow, _, failed = lines
    assert (issued["level"], issued["logger"], issued["version"]) == ("info", "keydesk.test", 2)
    assert slow["temporal_workflow"] == {"id": "w"}
    assert "secret" not in slow
    assert "ZeroDivisionError" in failed["exception"]
