"""How long a desk takes to be ready, against loading Python's half of it: `python -m benchmarks.start [rounds]`.

Prints seconds of the first start, which makes the database, of later ones, and ratios. The times are this machine's
and today's: compare the ratios.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

READY = "Keydesk is ready"
OWN = {name: value for name, value in os.environ.items() if not name.startswith("KEYDESK_")}


def start(home: Path) -> float:
    """Seconds until a desk in `home` is ready; it is stopped then. Raises RuntimeError if it ends before."""
    command = (sys.executable, "-P", "-m", "workers.cli", "up", "--home", str(home), "--port", "0")
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=OWN) as desk:
        assert desk.stdout is not None
        ready = any(line.startswith(READY) for line in desk.stdout)
        took = time.perf_counter() - began
        desk.send_signal(signal.SIGTERM)
        desk.stdout.read()
    if not ready:
        raise RuntimeError("the desk ended before it was ready")
    return took


def load() -> float:
    """The reference: seconds to load API and worker, one after the other, and do nothing."""
    began = time.perf_counter()
    for module in ("api.app", "workers.worker"):
        subprocess.run((sys.executable, "-c", f"import {module}"), check=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure, and print what was measured."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    load()
    reference = statistics.median(load() for _ in range(rounds))
    with TemporaryDirectory() as folder:
        home = Path(folder) / "desk"
        first, later = start(home), statistics.median(start(home) for _ in range(rounds))
    print(f"loading API and worker   {reference:6.2f} s")
    print(f"first start              {first:6.2f} s   {first / reference:5.2f} x")
    print(f"later starts             {later:6.2f} s   {later / reference:5.2f} x   (median of {rounds})")


if __name__ == "__main__":
    main()
