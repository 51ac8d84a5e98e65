"""What follows a move: the card and the emails. Each happens once; the activities see to that."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

from activities.cards import Cards
from activities.emails import Emails
from domain.messages import IssueCard, SendEmail

TIMEOUT = timedelta(minutes=2)
CARD_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
EMAIL_RETRY = RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=10))


def mail_queue(task_queue: str) -> str:
    """The task queue of the emails, beside that of workflows, bookings and cards."""
    return f"{task_queue}-mail"


class Effects:
    """The effects of one request that are under way. `show` is called when a card is blocked, or no longer.

    Emails have a task queue of their own: a mail server that hangs must not keep decisions waiting.
    """

    def __init__(self, request_id: str, show: Callable[[], None]) -> None:
        self._request_id = request_id
        self._show = show
        self._under_way = 0
        self._sending: set[int] = set()
        self._retries = 0
        self.blocked = False

    @property
    def done(self) -> bool:
        """Whether nothing is under way."""
        return self._under_way == 0

    def start(self, *, card_of: int | None, emails: Sequence[int], fallen: Sequence[str] = ()) -> None:
        """Set going, without waiting: the card that a version owes, then the emails, which may carry it.

        `fallen` requests were moved with this one: their workflows are told to catch up. An email that is being
        sent already is not sent beside itself.
        """
        emails = [email_id for email_id in emails if email_id not in self._sending]
        self._sending.update(emails)
        if card_of is not None or emails or fallen:
            self._under_way += 1
            asyncio.create_task(self._carry_out(card_of, emails, fallen))  # noqa: RUF006 - the workflow's own loop keeps it

    def retry_card(self) -> None:
        """Ops have mended what blocked the card."""
        self._retries += 1

    async def issue_card(self, version: int) -> None:
        """Print the card that a version owes. One that cannot be printed waits for ops."""
        while not await self._printed(version):
            tries = self._retries
            self._block(blocked=True)
            await workflow.wait_condition(lambda: self._retries > tries)  # noqa: B023 - awaited right here
            self._block(blocked=False)

    def _block(self, *, blocked: bool) -> None:
        self.blocked = blocked
        self._show()

    async def _printed(self, version: int) -> bool:
        return await workflow.execute_activity_method(
            Cards.issue_card,
            IssueCard(self._request_id, version),
            start_to_close_timeout=TIMEOUT,
            retry_policy=CARD_RETRY,
            summary=f"card of version {version}",
        )

    async def _carry_out(self, card_of: int | None, emails: Sequence[int], fallen: Sequence[str]) -> None:
        for request_id in fallen:
            await self._tell(request_id)
        if card_of is not None:
            await self.issue_card(card_of)
        await asyncio.gather(*(self._send(email_id) for email_id in emails))
        self._under_way -= 1

    async def _tell(self, request_id: str) -> None:
        """A workflow that has ended needs to hear nothing."""
        with contextlib.suppress(FailureError):
            await workflow.get_external_workflow_handle(request_id).signal("catch_up")

    async def _send(self, email_id: int) -> None:
        await workflow.execute_activity_method(
            Emails.send_email,
            SendEmail(email_id),
            task_queue=mail_queue(workflow.info().task_queue),
            start_to_close_timeout=TIMEOUT,
            retry_policy=EMAIL_RETRY,
            summary=f"email {email_id}",
        )
