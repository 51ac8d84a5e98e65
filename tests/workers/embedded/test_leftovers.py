"""Ending what a killed launcher left, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from workers.embedded.leftovers import MARK, end_leftovers

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


def test_only_processes_of_that_launch_are_ended(tmp_path: Path) -> None:
    ours = subprocess.Popen(SLEEP, env=os.environ | {MARK: "this-launch"})
    others = subprocess.Popen(SLEEP, env=os.environ | {MARK: "another-launch"})
    beside = subprocess.Popen(SLEEP, cwd=tmp_path)  # works in the folder, but is no PostgreSQL
    try:
        assert end_leftovers("this-launch", tmp_path) == 1
        assert not psutil.pid_exists(ours.pid)
        assert others.poll() is None
        assert beside.poll() is None
        assert end_leftovers(None, tmp_path) == 0
    finally:
        for process in (ours, others, beside):
            process.kill()
            process.wait()
