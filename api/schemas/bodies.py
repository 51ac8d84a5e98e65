"""What the bodies of all kinds of request have."""

from abc import ABC, abstractmethod
from typing import ClassVar
from uuid import UUID

from api.fields import Body, Required
from domain.requests import Attachment, Carried


class AttachmentBody(Body):
    """An uploaded document and the requirement that it answers."""

    requirement: Required
    document_id: UUID

    def parsed(self) -> Attachment:
        """As the domain has it."""
        return Attachment(self.requirement, str(self.document_id))


class RequestBody(Body, ABC):
    """What a request of any kind has, as sent and as shown. `carried` is what it becomes."""

    carried: ClassVar[type[Carried]]

    country: Required

    @abstractmethod
    def parsed(self) -> Carried:
        """As the domain has it."""
