"""Becomes another program that cannot outlive the launcher. Run as a script; imports nothing of Keydesk.

    python -I -S leash.py '{"parent": 4711, "signal": 15, "uid": null, "gid": null, "reach": false}' program …

It stands between fork and exec because that is the one safe place: the kernel forgets the death signal when
the user changes, so it is asked for last, and a launcher that died before that is noticed by its pid. `reach`
lets a program that gave up root still enter folders closed to its new user: a home or an installation below
/root. Why this way: docs/decisions/0001.
"""

import contextlib
import ctypes
import json
import os
import struct
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


def become(uid: int, gid: int, *, reach: bool) -> None:
    """Give up root for this user, keeping at most the one capability that `reach` needs."""
    libc = ctypes.CDLL(None, use_errno=True)
    capability = reaching_capability() if reach else None
    if capability is not None:
        # Without this the capability does not count in access(2), which PostgreSQL asks about its binary.
        _check(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if capability is not None:
        header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
        bit = 1 << capability
        _check(libc.capset(header, struct.pack("=6I", bit, bit, bit, 0, 0, 0)))
        _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0))


def reaching_capability() -> int | None:
    """The smaller right if root has it here; containers often keep only the larger one."""
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123 - fast
        for line in status:
            if line.startswith("CapPrm:"):
                permitted = int(line.split()[1], 16)
                return next((c for c in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if permitted >> c & 1), None)
    return None


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def main() -> None:
    """Tie, change user, become the program."""
    order = json.loads(sys.argv[1])
    if order["uid"] is not None:
        become(order["uid"], order["gid"], reach=order["reach"])
    if sys.platform == "linux":
        _check(ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, order["signal"], 0, 0, 0))
    if os.getppid() != order["parent"]:
        sys.exit("the launcher is gone")
    try:
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"cannot start {sys.argv[2]}: {error.strerror}")


if __name__ == "__main__":
    main()
