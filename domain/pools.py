"""Pools of numbers and warranty codes, and what a country may do with the codes (`domain.md` §4)."""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import CodeInvalid, CodeTaken, FieldError


class Pool(StrEnum):
    """Where a number comes from."""

    CARD = "card"
    EXTENSION = "extension"


class ExtensionMode(StrEnum):
    """a: the form opens directly, accept draws a code. b: the form opens only with a valid, free code."""

    A = "a"
    B = "b"


@dataclass(frozen=True)
class Code:
    """A warranty code as the country's pool knows it. `free`: neither bound nor consumed."""

    number: str
    owner_company_id: int | None
    free: bool


def check_code(mode: ExtensionMode, given: str, code: Code | None, company_id: int | None) -> None:
    """Hold a submission to the country's mode; `code` is what the pool has under `given`.

    Raises CodeInvalid for a missing, unknown or foreign code and for one that nobody asked for, CodeTaken.
    """
    if mode is ExtensionMode.A:
        if given:
            raise _invalid("this country takes no code; leave it out")
        return
    if not given:
        raise _invalid("a warranty code is needed")
    if code is None or code.owner_company_id not in {None, company_id}:
        raise _invalid("this is not one of your codes")
    if not code.free:
        raise CodeTaken("This warranty code is in use.", fields=[FieldError("/warranty_code", "is in use")])


def _invalid(why: str) -> CodeInvalid:
    return CodeInvalid("The warranty code is not accepted.", fields=[FieldError("/warranty_code", why)])
