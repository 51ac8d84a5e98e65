"""What can go wrong with the embedded stack. Each error is one sentence for the person at the terminal."""


class DeskError(Exception):
    """DeskError > HomeInUse | HomeUnusable | PortTaken | ProcessFailed"""


class HomeInUse(DeskError):
    """Another launcher runs the desk of this home."""


class HomeUnusable(DeskError):
    """The home folder, or something in it, cannot serve this user."""


class PortTaken(DeskError):
    """The port that was asked for belongs to somebody else."""


class ProcessFailed(DeskError):
    """A process of the desk died while starting, was not ready in time, or dies over and over."""
