"""The paths of points requests, for `tests.workflows.record`."""

from tests.kinds.claims import ANA, KEYUSER, PLAIN, PUSHED, claimed, invoice, judged, line
from tests.stack.running import Stack
from tests.stack.walks import Json, decided, settled
from tests.workflows.walks import ended


async def judged_claim(stack: Stack, *verdicts: str) -> Json:
    """A request with a line and a document of its own for each verdict, judged."""
    bills = [await invoice(stack) for _ in verdicts]
    request = await claimed(stack, [line(PUSHED if n else PLAIN, bill) for n, bill in enumerate(bills)])
    for bill, verdict in zip(bills, verdicts, strict=True):
        request = await judged(stack, request["id"], bill, verdict)
    return request


async def processed_claim(stack: Stack) -> str:
    """A credited request whose workflow has ended."""
    request_id: str = (await judged_claim(stack, "accepted", "accepted"))["id"]
    await decided(stack, KEYUSER, request_id, "process")
    await settled(stack, request_id)
    await ended(stack, request_id)
    return request_id


class Claim:
    """A points request: the verdicts say where it goes."""

    @staticmethod
    async def process(stack: Stack) -> str:
        return await processed_claim(stack)

    @staticmethod
    async def partially_resubmit(stack: Stack) -> str:
        request_id: str = (await judged_claim(stack, "accepted", "denied"))["id"]
        await decided(stack, KEYUSER, request_id, "process")
        fresh = await invoice(stack)
        again = [{"line": 2, "requirement": "invoice", "document_id": fresh}]
        await decided(stack, ANA, request_id, "resubmit", documents=again)
        await judged(stack, request_id, fresh)
        await decided(stack, KEYUSER, request_id, "process")
        return request_id

    @staticmethod
    async def partially_cancel(stack: Stack) -> str:
        request_id: str = (await judged_claim(stack, "accepted", "denied"))["id"]
        await decided(stack, KEYUSER, request_id, "process")
        await decided(stack, KEYUSER, request_id, "adjust", line=1, points=5, reason="Half.")
        await decided(stack, KEYUSER, request_id, "cancel", comment="Removed.")
        return request_id

    @staticmethod
    async def deny_withdraw(stack: Stack) -> str:
        request_id: str = (await judged_claim(stack, "denied"))["id"]
        await decided(stack, KEYUSER, request_id, "process")
        await decided(stack, ANA, request_id, "withdraw")
        return request_id

    @staticmethod
    async def wrong_data(stack: Stack) -> str:
        request = await judged_claim(stack, "denied")
        await decided(stack, KEYUSER, request["id"], "flag_wrong_data", comment="Wrong.")
        lines = [{**request["data"]["lines"][0], "quantity": 2}]
        await decided(stack, ANA, request["id"], "resubmit", data={"lines": lines})
        await decided(stack, ANA, request["id"], "withdraw")
        request_id: str = request["id"]
        return request_id

    @staticmethod
    async def adjust(stack: Stack) -> str:
        request_id = await processed_claim(stack)
        await decided(stack, KEYUSER, request_id, "adjust", line=1, points=5, reason="Half.")
        return request_id

    @staticmethod
    async def cancel_after(stack: Stack) -> str:
        request_id = await processed_claim(stack)
        await decided(stack, KEYUSER, request_id, "cancel", comment="Removed.")
        return request_id


POINTS = (
    Claim.adjust,
    Claim.cancel_after,
    Claim.deny_withdraw,
    Claim.partially_cancel,
    Claim.partially_resubmit,
    Claim.process,
    Claim.wrong_data,
)
