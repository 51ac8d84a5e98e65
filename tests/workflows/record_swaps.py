"""The paths of unit replacements, for `tests.workflows.record`."""

from tests.kinds.swaps import swap_filed, swapped
from tests.kinds.walks import PUBLIC, visitor
from tests.stack.running import Stack
from tests.stack.walks import decided, new_serial, outdoor, processed, uploaded
from tests.workflows.record_kinds import KEYUSER, PARTNER, at_rest, today


async def installed(stack: Stack) -> str:
    """The serial of a unit under warranty."""
    serial = new_serial()
    await processed(stack, units=outdoor(serial))
    return serial


async def accept(stack: Stack) -> str:
    request_id: str = (await swapped(stack, await installed(stack)))["id"]
    return request_id


async def amend(stack: Stack) -> str:
    request_id = await at_rest(stack, await swapped(stack, await installed(stack)))
    data = {"new_unit": {"serial": new_serial()}}
    await decided(stack, KEYUSER, request_id, "amend", comment="A typing error.", data=data)
    return request_id


async def cancel_after(stack: Stack) -> str:
    request_id = await at_rest(stack, await swapped(stack, await installed(stack)))
    await decided(stack, KEYUSER, request_id, "cancel", comment="Put back.")
    return request_id


async def cancel_inside(stack: Stack) -> str:
    request = await swapped(stack, await installed(stack), replaced_on=today(stack))
    request_id = await at_rest(stack, request)
    proof = {"serial": request["data"]["new_unit"]["serial"], "postcode": "28013"}
    answer = await visitor(stack).post(f"{PUBLIC}/warranties/{request_id}/cancel", json=proof)
    assert answer.status_code == 200, answer.text
    return request_id


async def deny_resubmit(stack: Stack) -> str:
    request_id: str = (await swap_filed(stack, await installed(stack)))["id"]
    await decided(stack, KEYUSER, request_id, "deny", comment="Illegible.", documents=["invoice"])
    document = await uploaded(stack.client_of(PARTNER), "again.pdf")
    again = [{"requirement": "invoice", "document_id": document}]
    await decided(stack, PARTNER, request_id, "resubmit", documents=again)
    await decided(stack, KEYUSER, request_id, "accept")
    return request_id


async def wrong_data(stack: Stack) -> str:
    request_id: str = (await swap_filed(stack, await installed(stack)))["id"]
    await decided(stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
    await decided(stack, PARTNER, request_id, "resubmit", data={"coverage_reason": "early-failure"})
    await decided(stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong again.")
    await decided(stack, PARTNER, request_id, "withdraw")
    return request_id


UNIT_REPLACEMENT = (accept, amend, cancel_after, cancel_inside, deny_resubmit, wrong_data)
