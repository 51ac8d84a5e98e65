"""The set-up guide, run as written: a third country from nothing to its first processed request, over the API alone."""

import re

from tests.docs.pages import ROOT, text_of
from tests.docs.pasting import blocks_of, pasted
from tests.workers.embedded.conftest import RunningDesk

GUIDE = ROOT / "docs" / "set-up-a-country.md"
WITHIN = 120.0  # seconds; it needs about fifteen
STEPS = (
    "wholesalers",
    "classification",
    "installers",
    "policies",
    "card-texts",
    "documentation",
    "pools",
    "notifications",
)


def test_the_guide_leads_from_nothing_to_a_processed_request(desk: RunningDesk) -> None:
    folder = desk.home.parent
    done = pasted("\n".join(blocks_of(text_of(GUIDE))), folder, WITHIN)
    assert done.returncode == 0, done.stdout + done.stderr
    told = [tuple(line.split()[:2]) for line in done.stdout.splitlines() if re.match("(missing|done) +[a-z-]+ ", line)]
    assert [step for _, step in told] == [*STEPS, *STEPS], "twice: at the beginning and at the end"
    assert [how for how, _ in told[: len(STEPS)]] == ["missing"] * 3 + ["missing", "done", "done", "missing", "done"]
    assert {how for how, _ in told[len(STEPS) :]} == {"done"}
    assert "\nIE-1-5\n" in done.stdout
    assert "IE-COM-000001 is processed" in done.stdout
    assert (folder / "IE-COM-000001.pdf").read_bytes().startswith(b"%PDF-")
    audited = [line for line in done.stdout.splitlines() if re.match(r"(admin|keyuser\.ie) ", line)]
    assert audited[0] == "admin create countries IE"
    assert "keyuser.ie change policies IE-1-5" in audited
    assert "keyuser.ie generate pools card" in audited
    assert "~ settings  keyuser_reminder: P3D → P2D\n1 change would be made\n" in done.stdout
    assert "a password of her own" not in done.stdout
