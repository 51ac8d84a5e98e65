"""What the bodies of all kinds of request have."""

from abc import ABC, abstractmethod
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from api.fields import Body, Required, Whole
from domain.requests import Attachment, Carried

MAX_LINES = 200
LineNumber = Annotated[Whole, Field(ge=1, le=MAX_LINES, description="number of the line, counted from 1")]


class AttachmentBody(Body):
    """An uploaded document and the requirement that it answers."""

    requirement: Required
    document_id: UUID

    def parsed(self) -> Attachment:
        """As the domain has it."""
        return Attachment(self.requirement, str(self.document_id))


class AnswerBody(AttachmentBody):
    """A document that answers a denial; for points requests it names the line."""

    line: LineNumber | None = None


class RequestBody(Body, ABC):
    """What a request of any kind has, as sent and as shown. `carried` is what it becomes."""

    carried: ClassVar[type[Carried]]

    country: Required

    @abstractmethod
    def parsed(self) -> Carried:
        """As the domain has it."""
