"""How a refusal crosses Temporal: as an ApplicationError whose type is the code, and back."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from domain.errors import KeydeskError, from_facts

P = ParamSpec("P")
R = TypeVar("R")


def crossing(refusal: KeydeskError) -> ApplicationError:
    """The refusal as Temporal carries it: final, and no alarm in anybody's log."""
    return ApplicationError(
        refusal.detail,
        refusal.as_facts(),
        type=refusal.code,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )


def refusal_in(failure: BaseException | None) -> KeydeskError | None:
    """The refusal inside a failure: that of a local activity, or the cause of an ActivityError or update failure."""
    while failure is not None:
        if isinstance(failure, ApplicationError) and failure.details:
            facts: Any = failure.details[0]
            if isinstance(facts, dict) and facts.get("code") == failure.type:
                return from_facts(facts)
        failure = failure.__cause__
    return None


def refusals_cross(activity: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Let an activity raise the desk's own errors; Temporal hears of them as `crossing` says."""

    @functools.wraps(activity)
    async def carried(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await activity(*args, **kwargs)
        except KeydeskError as refusal:
            raise crossing(refusal) from refusal

    return carried
