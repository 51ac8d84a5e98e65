"""`keydesk worker` that dies at the armed points. `python -m tests.crash.worker worker`"""

from email.message import EmailMessage
from unittest.mock import patch

from temporalio import activity

from activities.booking import Booking
from activities.mail_server import MailServer
from domain.messages import Booked, BookMove, BookSystemMove, Recorded, RequestOrder
from domain.states import Trigger
from store.files import Files
from tests.crash import points
from tests.crash.points import die_at
from workers import cli
from workers import worker as product


class DyingBooking(Booking):
    """Books as the product does, and dies before or after it."""

    @activity.defn
    async def record_request(self, order: RequestOrder) -> Recorded:
        die_at(points.BEFORE_RECORD, order.request_id)
        recorded = await super().record_request(order)
        die_at(points.AFTER_RECORD, order.request_id)
        return recorded

    @activity.defn
    async def book_move(self, order: BookMove) -> Booked:
        booked = await super().book_move(order)
        die_at(points.AFTER_BOOKING, order.request_id)
        return booked

    @activity.defn
    async def book_system_move(self, order: BookSystemMove) -> Booked:
        booked = await super().book_system_move(order)
        if order.trigger is Trigger.FINISH:
            die_at(points.AFTER_FINISH, order.request_id)
        return booked


class DyingFiles(Files):
    """Stores a card, and dies before anybody hears of it."""

    async def put(self, content: bytes) -> str:
        sha256 = await super().put(content)
        die_at(points.CARD_STORED)
        return sha256


class DyingMailServer(MailServer):
    """Hands a message over, and dies before anybody hears of it."""

    async def take(self, message: EmailMessage) -> None:
        await super().take(message)
        die_at(points.MAIL_TAKEN, message["Message-ID"].strip("<").partition(".")[0])


if __name__ == "__main__":
    with (
        patch.object(product, "Booking", DyingBooking),
        patch.object(product, "Files", DyingFiles),
        patch.object(product, "MailServer", DyingMailServer),
    ):
        cli.main()
