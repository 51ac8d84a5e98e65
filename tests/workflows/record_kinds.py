"""The paths of the kinds that came after commissioning, for `tests.workflows.record`: one class a kind."""

from tests.kinds.walks import (
    cancelled_on_the_page,
    chosen,
    end_user_filed,
    extended,
    extra_filed,
    extra_granted,
    granted,
)
from tests.stack.running import Stack
from tests.stack.walks import Json, decided, settled, uploaded
from tests.workflows.walks import ended

PARTNER = "partner.pro"
KEYUSER = "keyuser.es"


async def at_rest(stack: Stack, request: Json) -> str:
    """The request once its workflow has ended, so that what comes next is a run of its own."""
    await settled(stack, request["id"])
    await ended(stack, request["id"])
    request_id: str = request["id"]
    return request_id


def today(stack: Stack) -> str:
    """A commissioning date inside the withdrawal period."""
    return stack.parts.now().date().isoformat()


class Extension:
    """What a commissioning request does, with a number from another pool."""

    @staticmethod
    async def accept(stack: Stack) -> str:
        request_id: str = (await extended(stack))["id"]
        await decided(stack, KEYUSER, request_id, "accept")
        return request_id

    @staticmethod
    async def deny_resubmit(stack: Stack) -> str:
        request_id: str = (await extended(stack))["id"]
        await decided(stack, KEYUSER, request_id, "deny", comment="Illegible.", documents=["invoice"])
        document = await uploaded(stack.client_of(PARTNER), "again.pdf")
        again = [{"requirement": "invoice", "document_id": document}]
        await decided(stack, PARTNER, request_id, "resubmit", documents=again)
        await decided(stack, KEYUSER, request_id, "accept")
        return request_id

    @staticmethod
    async def wrong_data(stack: Stack) -> str:
        request_id: str = (await extended(stack))["id"]
        await decided(stack, KEYUSER, request_id, "flag_wrong_data", comment="Wrong.")
        await decided(stack, PARTNER, request_id, "withdraw")
        return request_id

    @staticmethod
    async def amend(stack: Stack) -> str:
        request = await extended(stack)
        await decided(stack, KEYUSER, request["id"], "accept")
        request_id = await at_rest(stack, request)
        await decided(stack, KEYUSER, request_id, "amend", comment="Corrected.", data={"remarks": "Corrected."})
        return request_id

    @staticmethod
    async def cancel_after(stack: Stack) -> str:
        request = await extended(stack)
        await decided(stack, KEYUSER, request["id"], "accept")
        request_id = await at_rest(stack, request)
        await decided(stack, KEYUSER, request_id, "cancel", comment="Removed.")
        return request_id

    @staticmethod
    async def cancel_inside(stack: Stack) -> str:
        request = await extended(stack, commissioned_on=today(stack))
        await decided(stack, KEYUSER, request["id"], "accept")
        request_id = await at_rest(stack, request)
        assert (await cancelled_on_the_page(stack, request)).status_code == 200
        return request_id


class EndUser:
    """An end-user warranty: the keyuser chooses, a denial is final."""

    @staticmethod
    async def accept(stack: Stack) -> str:
        request_id: str = (await granted(stack))["id"]
        return request_id

    @staticmethod
    async def deny(stack: Stack) -> str:
        request_id: str = (await end_user_filed(stack))["id"]
        await decided(stack, KEYUSER, request_id, "deny", comment="Not ours.")
        return request_id

    @staticmethod
    async def amend(stack: Stack) -> str:
        request_id = await at_rest(stack, await granted(stack))
        await decided(stack, KEYUSER, request_id, "amend", comment="Corrected.", data={"remarks": "Corrected."})
        return request_id

    @staticmethod
    async def cancel_after(stack: Stack) -> str:
        request_id = await at_rest(stack, await granted(stack))
        await decided(stack, KEYUSER, request_id, "cancel", comment="Removed.")
        return request_id

    @staticmethod
    async def cancel_inside(stack: Stack) -> str:
        request = await granted(stack, commissioned_on=today(stack))
        request_id = await at_rest(stack, request)
        assert (await cancelled_on_the_page(stack, request)).status_code == 200
        return request_id


class Extra:
    """Extra years: they fall with the warranty that they rest on."""

    @staticmethod
    async def accept(stack: Stack) -> str:
        request_id: str = (await extra_granted(stack, await granted(stack)))["id"]
        return request_id

    @staticmethod
    async def deny(stack: Stack) -> str:
        request_id: str = (await extra_filed(stack, await granted(stack)))["id"]
        await decided(stack, KEYUSER, request_id, "deny", comment="Not paid.")
        return request_id

    @staticmethod
    async def cancel_after(stack: Stack) -> str:
        request_id = await at_rest(stack, await extra_granted(stack, await granted(stack)))
        await decided(stack, KEYUSER, request_id, "cancel", comment="Paid back.")
        return request_id

    @staticmethod
    async def cancel_inside(stack: Stack) -> str:
        request = await extra_filed(stack, await granted(stack, commissioned_on=today(stack)))
        await chosen(stack, KEYUSER, request["id"], "XEU-2")
        assert (await cancelled_on_the_page(stack, request)).status_code == 200
        request_id: str = request["id"]
        return request_id

    @staticmethod
    async def cancel_with_base(stack: Stack) -> str:
        base = await granted(stack)
        request_id: str = (await extra_filed(stack, base))["id"]
        await decided(stack, KEYUSER, base["id"], "cancel", comment="Removed.")
        return request_id


class FallenBase:
    """The other side of it: the warranty that takes extra years with it."""

    @staticmethod
    async def cancel_with_extra_years(stack: Stack) -> str:
        base = await granted(stack)
        await extra_filed(stack, base)
        request_id = await at_rest(stack, base)
        await decided(stack, KEYUSER, request_id, "cancel", comment="Removed.")
        return request_id


EXTENSION = (
    Extension.accept,
    Extension.amend,
    Extension.cancel_after,
    Extension.cancel_inside,
    Extension.deny_resubmit,
    Extension.wrong_data,
)
END_USER = (
    EndUser.accept,
    EndUser.amend,
    EndUser.cancel_after,
    EndUser.cancel_inside,
    EndUser.deny,
    FallenBase.cancel_with_extra_years,
)
EXTRA_YEARS = (Extra.accept, Extra.cancel_after, Extra.cancel_inside, Extra.cancel_with_base, Extra.deny)
