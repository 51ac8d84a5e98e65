"""What ops see of a request in Temporal: queries, summary, details, search attributes; and a card that is blocked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from temporalio.client import WorkflowExecutionStatus

from tests.stack.countries import NewCountry, new_country
from tests.stack.running import Stack
from tests.stack.walks import decided, eventually, filed, seen, settled
from tests.workflows.walks import details_of, ended, query_state, signalled, workflow_of
from workflows.client import COMPANY, COUNTRY, KIND
from workflows.request import DUE_AT, STATE

KEYUSER = "keyuser.es"
SUBMITTED_NEXT = "requester: withdraw; keyuser: accept, deny, flag_wrong_data, cancel; end user: cancel_by_end_user"
WRONG_NEXT = "requester: resubmit, withdraw; keyuser: cancel; end user: cancel_by_end_user; the desk: expire"
DENIED_NEXT = "requester: resubmit, withdraw; keyuser: cancel; the desk: expire"
BLOCKED_TURN = "ops: the card cannot be printed, see the runbook"


async def lines_of(stack: Stack, request_id: str) -> dict[str, str]:
    """The details, line by line."""
    lines = (await details_of(stack, request_id)).split("\n\n")
    return {name.strip("*:"): value for name, _, value in (line.partition(" ") for line in map(joined, lines))}


def joined(line: str) -> str:
    """`**Whose turn:** x` with its name in one word."""
    name, _, value = line.partition(":** ")
    return f"{name.strip('*').replace(' ', '_')} {value}"


async def shown(stack: Stack, request_id: str, state: str, turn: str, comes_next: str) -> None:
    """Query, details and attributes all say `state`."""
    lines = await lines_of(stack, request_id)
    assert (lines["State"], lines["Whose_turn"], lines["What_can_come_next"]) == (state, turn, comes_next)
    assert await query_state(stack, request_id) == state
    attributes = (await workflow_of(stack, request_id).describe()).typed_search_attributes
    assert attributes.get(STATE) == state
    assert (attributes.get(DUE_AT) is None) == (lines["Due"] == "never")


async def test_every_state_is_shown(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    await shown(stack, request_id, "submitted", "the keyuser", SUBMITTED_NEXT)
    await decided(stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
    await shown(stack, request_id, "wrong_data", "the requester", WRONG_NEXT)
    await decided(stack, "installer.abc", request_id, "resubmit")
    await decided(stack, KEYUSER, request_id, "deny", comment="Illegible.", documents=["invoice"])
    await shown(stack, request_id, "denied", "the requester", DENIED_NEXT)
    await decided(stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await settled(stack, request_id)
    await ended(stack, request_id)
    await shown(stack, request_id, "cancelled", "nobody: the request has ended", "nothing, this is final")
    done = (await filed(stack))["id"]
    await decided(stack, KEYUSER, done, "accept")
    await settled(stack, done)
    await ended(stack, done)
    await shown(
        stack,
        done,
        "processed",
        "nobody: the request is settled",
        "keyuser: cancel, amend; end user: cancel_by_end_user",
    )


async def test_the_summary_and_the_attributes_name_no_person(stack: Stack) -> None:
    request_id = (await filed(stack))["id"]
    described = await workflow_of(stack, request_id).describe()
    assert await described.static_summary() == "commissioning · ES · ABC"
    attributes = described.typed_search_attributes
    assert [attributes.get(one) for one in (KIND, COUNTRY, COMPANY)] == ["commissioning", "ES", "ABC"]
    await decided(stack, KEYUSER, request_id, "cancel", comment="Enough.")
    await settled(stack, request_id)


@asynccontextmanager
async def cards_nobody_can_print(stack: Stack, country: NewCountry) -> AsyncIterator[None]:
    """Meanwhile the country's cards get a face that cannot be rendered."""
    name = f"spoil_{country.code.lower()}"
    async with stack.sessions.begin() as session:
        await session.execute(
            text(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "NEW.face := jsonb_set(NEW.face::jsonb, '{kind}', '\"gift\"'); RETURN NEW; END $$"
            )
        )
        await session.execute(
            text(
                f"CREATE TRIGGER {name} BEFORE INSERT ON cards FOR EACH ROW "
                f"WHEN (NEW.number LIKE '{country.code}%') EXECUTE FUNCTION {name}()"
            )
        )
    try:
        yield
    finally:
        async with stack.sessions.begin() as session:
            await session.execute(text(f"DROP FUNCTION {name}() CASCADE"))


async def mend(stack: Stack, request_id: str) -> None:
    """Ops give the spoiled card a face that can be rendered."""
    async with stack.sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE cards SET face = jsonb_set(face::jsonb, '{kind}', '\"commissioning\"') WHERE request_id = :id"
            ),
            {"id": request_id},
        )


async def warned(stack: Stack, request_id: str) -> bool:
    """Whether the request says that its card is blocked."""
    return [one["code"] for one in (await seen(stack, request_id))["warnings"]] == ["card_blocked"]


async def is_blocked(stack: Stack, request_id: str) -> bool:
    """Whether request and details both say so."""
    return await warned(stack, request_id) and (await lines_of(stack, request_id))["Whose_turn"] == BLOCKED_TURN


async def test_a_blocked_card_comes_after_mending_and_the_signal(stack: Stack) -> None:
    country = await new_country(stack)
    request_id = (await filed(stack, country.installer, country=country.code))["id"]
    await signalled(stack, request_id, "retry_card")
    async with cards_nobody_can_print(stack, country):
        await decided(stack, country.keyuser, request_id, "accept")
        await eventually(lambda: is_blocked(stack, request_id), "nobody says that the card is blocked")
    await shown(stack, request_id, "accepted", BLOCKED_TURN, "the desk: finish")
    await signalled(stack, request_id, "retry_card")
    await eventually(lambda: is_blocked(stack, request_id), "not mended, it stays blocked")
    assert (await workflow_of(stack, request_id).describe()).status is WorkflowExecutionStatus.RUNNING
    await mend(stack, request_id)
    await signalled(stack, request_id, "retry_card")
    assert await ended(stack, request_id) == "processed"
    request = await settled(stack, request_id)
    assert (request["warnings"], [one["status"] for one in request["cards"]]) == ([], ["valid"])
    assert [one["event"] for one in request["emails"]] == ["submitted", "processed"]


@pytest.mark.parametrize(("trigger", "cards"), [("amend", ["superseded", "valid"]), ("cancel", ["withdrawn"])])
async def test_a_blocked_card_that_is_overtaken_holds_nothing_up(stack: Stack, trigger: str, cards: list[str]) -> None:
    """An amendment's card is blocked; the next amendment, or a cancellation, leaves nothing that waits for ops."""
    country = await new_country(stack)
    request_id = (await filed(stack, country.installer, country=country.code))["id"]
    await decided(stack, country.keyuser, request_id, "accept")
    await settled(stack, request_id)
    async with cards_nobody_can_print(stack, country):
        await decided(stack, country.keyuser, request_id, "amend", comment="A.", data={"remarks": "A."})
        await eventually(lambda: is_blocked(stack, request_id), "nobody says that the card is blocked")
    data = {"data": {"remarks": "B."}} if trigger == "amend" else {}
    request = await decided(stack, country.keyuser, request_id, trigger, comment="B.", **data)
    assert await ended(stack, request_id) == request["state"]
    request = await settled(stack, request_id)
    assert [one["status"] for one in request["cards"]] == cards
    assert request["warnings"] == []
