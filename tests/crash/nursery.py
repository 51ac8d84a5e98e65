"""Starts `keydesk api` and `keydesk worker` as processes of their own within a moment: `python -m tests.crash.nursery`

Everything is imported once, then each process is forked from here: six of them would take two cores half a minute
otherwise, at every start. It differs from the product in nothing else.

A line on stdin orders a process, `{"argv": […], "environment": {…}, "log": "…"}`; its pid is the answer on stdout.
When stdin ends, all of them are killed.
"""

import json
import os
import signal
import sys


def _become(argv: list[str], environment: dict[str, str], log: str) -> None:
    """Be that process, to its end."""
    from workers import cli

    os.setsid()
    for number in (signal.SIGCHLD, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    told = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(told, 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["keydesk", *argv]
    cli.main()


def _bury(*_: object) -> None:
    """Every child that has died."""
    while True:
        try:
            pid, _code = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def _main() -> None:
    # Not at the top: a press imports this module anew in each of its processes, and needs none of these.
    import uvicorn

    from api import app
    from workers import worker

    assert all((uvicorn, app, worker))
    signal.signal(signal.SIGCHLD, _bury)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: list[int] = []
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                _become(order["argv"], order["environment"], order["log"])
            finally:
                os._exit(getattr(sys.exc_info()[1], "code", None) or 0)
        children.append(pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    for pid in children:
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    _main()
