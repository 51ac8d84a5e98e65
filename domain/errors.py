"""The one error tree. Every refusal the desk can give has a class here, and the class carries its code.

KeydeskError
├── NotAuthenticated            401  not_authenticated
├── Forbidden                   403  forbidden
├── NotFound                    404  not_found
├── Conflict                    409
│   ├── MoveRefused                  move_refused (with state and allowed_actions)
│   ├── DuplicateSerial              duplicate_serial
│   ├── NoFreeCode                   no_free_code
│   ├── CodeTaken                    code_taken
│   ├── AlreadyReplaced              already_replaced
│   ├── WarrantyTypeMissing          warranty_type_missing
│   ├── Undecided                    undecided (names what has no verdict)
│   ├── AlreadyExists                already_exists
│   └── InUse                        in_use (with used_by)
├── StaleVersion                412  stale_version
├── TooLarge                    413  too_large
├── UnsupportedType             415  unsupported_type
├── Invalid                     422  invalid (with the fields)
│   ├── DocumentMissing              document_missing
│   ├── DocumentStillDenied          document_still_denied
│   ├── NotEditable                  not_editable
│   ├── CommentRequired              comment_required
│   ├── WholesalerNotDistributing    wholesaler_not_distributing
│   ├── WholesalerNotConfigured      wholesaler_not_configured
│   ├── RegistrationLate             registration_late
│   ├── ReasonRequired               reason_required
│   ├── ReasonNotAllowed             reason_not_allowed
│   ├── CodeInvalid                  code_invalid
│   ├── KindNotEnabled               kind_not_enabled
│   └── IdempotencyConflict          idempotency_conflict
├── RateLimited                 429  rate_limited
└── Unavailable                 503  unavailable
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One bad field: a JSON pointer into the body and what is wrong there."""

    pointer: str
    detail: str


class KeydeskError(Exception):
    """A refusal with a stable code, a sentence for people, bad fields and facts for programs."""

    code: ClassVar[str] = "keydesk_error"

    def __init__(
        self, detail: str, *, fields: Sequence[FieldError] = (), facts: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = tuple(fields)
        self.facts: dict[str, Any] = dict(facts or {})

    def as_facts(self) -> dict[str, Any]:
        """JSON form that `from_facts` reads back: what is stored with a refusal and travels through Temporal."""
        return {
            "code": self.code,
            "detail": self.detail,
            "fields": [{"pointer": field.pointer, "detail": field.detail} for field in self.fields],
            "facts": self.facts,
        }


class NotAuthenticated(KeydeskError):
    code = "not_authenticated"


class Forbidden(KeydeskError):
    code = "forbidden"


class NotFound(KeydeskError):
    code = "not_found"


class Conflict(KeydeskError):
    code = "conflict"


class MoveRefused(Conflict):
    code = "move_refused"


class DuplicateSerial(Conflict):
    code = "duplicate_serial"


class NoFreeCode(Conflict):
    code = "no_free_code"


class CodeTaken(Conflict):
    code = "code_taken"


class AlreadyReplaced(Conflict):
    code = "already_replaced"


class WarrantyTypeMissing(Conflict):
    code = "warranty_type_missing"


class AlreadyExists(Conflict):
    code = "already_exists"


class InUse(Conflict):
    code = "in_use"


class Undecided(Conflict):
    code = "undecided"


class StaleVersion(KeydeskError):
    code = "stale_version"


class TooLarge(KeydeskError):
    code = "too_large"


class UnsupportedType(KeydeskError):
    code = "unsupported_type"


class Invalid(KeydeskError):
    code = "invalid"


class DocumentMissing(Invalid):
    code = "document_missing"


class DocumentStillDenied(Invalid):
    code = "document_still_denied"


class NotEditable(Invalid):
    code = "not_editable"


class CommentRequired(Invalid):
    code = "comment_required"


class ReasonRequired(Invalid):
    code = "reason_required"


class WholesalerNotDistributing(Invalid):
    code = "wholesaler_not_distributing"


class WholesalerNotConfigured(Invalid):
    code = "wholesaler_not_configured"


class RegistrationLate(Invalid):
    code = "registration_late"


class ReasonNotAllowed(Invalid):
    code = "reason_not_allowed"


class CodeInvalid(Invalid):
    code = "code_invalid"


class KindNotEnabled(Invalid):
    code = "kind_not_enabled"


class IdempotencyConflict(Invalid):
    code = "idempotency_conflict"


class RateLimited(KeydeskError):
    code = "rate_limited"


class Unavailable(KeydeskError):
    code = "unavailable"


def _tree(root: type[KeydeskError]) -> dict[str, type[KeydeskError]]:
    found = {root.code: root}
    for child in root.__subclasses__():
        found |= _tree(child)
    return found


BY_CODE = _tree(KeydeskError)


def from_facts(facts: Mapping[str, Any]) -> KeydeskError:
    """The error that `as_facts` described. An unknown code (a newer release wrote it) becomes the root class."""
    return BY_CODE.get(facts["code"], KeydeskError)(
        facts["detail"],
        fields=[FieldError(field["pointer"], field["detail"]) for field in facts["fields"]],
        facts=facts["facts"],
    )
