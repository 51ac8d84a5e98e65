"""A country's own texts of emails, instead of those that come with Keydesk (`domain.md` §7, §8)."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from activities.rendering.templates import EmailTemplate, TemplateRefused, check_template, events
from configuration.fields import Body, Required, Text
from configuration.resource import Resource
from domain.errors import FieldError
from store.tables.configuration import Notification


class NotificationShape(Body):
    """One email in one language: plain text with the allowed tags, as in `{{ request_id }}`."""

    event: Required
    recipient: Required
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2}$")]
    subject: Text
    body: Annotated[str, Field(max_length=20_000)]


class Notifications(Resource[NotificationShape, None]):
    """The texts that a country wrote itself."""

    name = "notifications"
    one = "text"
    shape = NotificationShape
    table = Notification
    key = ("event", "recipient", "language")

    async def known(self, session: AsyncSession, country: str) -> None:
        """What may be written goes by the program, not by the country."""

    def problems(self, value: NotificationShape, known: None) -> Iterator[FieldError]:
        """An email that the desk sends, with tags that it knows."""
        if (value.event, value.recipient) not in events():
            yield FieldError("/event", f"there is no email about {value.event} to {value.recipient}")
        try:
            check_template(EmailTemplate(value.subject, value.body, value.language))
        except TemplateRefused as refused:
            for name, sentence in refused.problems:
                yield FieldError(f"/{name}", sentence)
