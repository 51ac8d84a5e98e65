"""How a refusal crosses Temporal and comes back as what it was."""

import pytest
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.refusals import crossing, refusal_in, refusals_cross
from domain.errors import BY_CODE, FieldError, KeydeskError, NoFreeCode, StaleVersion

EMPTY = NoFreeCode("The pool is empty.", fields=[FieldError("/a", "b")], facts={"pool": "card"})


def wrapped(failure: BaseException, *around: str) -> BaseException:
    """The failure as the cause of the cause … of others, as activity and update failures have it."""
    for text in around:
        outer = RuntimeError(text)
        outer.__cause__ = failure
        failure = outer
    return failure


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_refusal_crosses_and_comes_back(code: str) -> None:
    refusal = BY_CODE[code]("Because.", fields=[FieldError("/a", "b")], facts={"n": 1})
    back = refusal_in(wrapped(crossing(refusal), "activity failed", "update failed"))
    assert type(back) is BY_CODE[code]
    assert back.as_facts() == refusal.as_facts()


def test_a_refusal_is_final_and_no_alarm() -> None:
    failure = crossing(EMPTY)
    assert failure.non_retryable
    assert failure.category is ApplicationErrorCategory.BENIGN
    assert (failure.type, failure.message) == ("no_free_code", "The pool is empty.")


@pytest.mark.parametrize(
    "failure",
    [
        None,
        RuntimeError("database down"),
        ApplicationError("something else"),
        ApplicationError("not ours", {"code": "other"}, type="no_free_code"),
        ApplicationError("no facts", "text", type="no_free_code"),
        wrapped(ApplicationError("not ours", 7), "activity failed"),
    ],
)
def test_what_is_no_refusal_is_none(failure: BaseException | None) -> None:
    assert refusal_in(failure) is None


def test_the_first_refusal_on_the_way_down_counts() -> None:
    outer = crossing(StaleVersion("Look again."))
    outer.__cause__ = crossing(EMPTY)
    assert isinstance(refusal_in(outer), StaleVersion)


async def test_an_activity_may_raise_the_desk_s_own_errors() -> None:
    @refusals_cross
    async def refusing(number: int, *, then: str) -> str:
        """Says no to one."""
        if number == 1:
            raise EMPTY
        return then * number

    assert await refusing(2, then="x") == "xx"
    assert (refusing.__name__, refusing.__doc__) == ("refusing", "Says no to one.")
    with pytest.raises(ApplicationError) as refused:
        await refusing(1, then="x")
    assert refused.value.__cause__ is EMPTY
    back = refusal_in(refused.value)
    assert back is not None
    assert back.as_facts() == EMPTY.as_facts()


async def test_what_is_worth_another_try_is_not_made_final() -> None:
    @refusals_cross
    async def breaking() -> None:
        raise ConnectionError("database down")

    with pytest.raises(ConnectionError):
        await breaking()


def test_a_code_of_a_newer_release_is_still_a_refusal() -> None:
    failure = ApplicationError(
        "Not yet.", {"code": "newer", "detail": "Not yet.", "fields": [], "facts": {}}, type="newer"
    )
    back = refusal_in(failure)
    assert type(back) is KeydeskError
    assert back.detail == "Not yet."
