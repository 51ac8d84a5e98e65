"""A form whose session had ended: where it was going and what was typed are held while somebody signs in again.

Nothing of it is stored: the page that asks for the password carries it, and the page after that sends it once more,
when its reader says so. Files and passwords are not held.
"""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import Request

from api.pages.forms import fields_of, files_of
from api.pages.visits import ours

LEFT_OUT = frozenset({"csrf", "password"})
NOT_AGAIN = frozenset({"/sign-out", "/sign-in"})


@dataclass(frozen=True)
class Held:
    """A form. `files` says that files came along, which have to be chosen again."""

    path: str
    fields: dict[str, str]
    files: bool = False

    LONGEST: ClassVar = 1_000_000

    def packed(self) -> str:
        """As the value of one field."""
        return json.dumps({"path": self.path, "fields": self.fields, "files": self.files})


async def held_from(request: Request) -> Held | None:
    """The form that this call sent, None if there is nothing to send once more. Raises Invalid for junk."""
    if request.method != "POST" or request.url.path in NOT_AGAIN:
        return None
    fields = {name: value for name, value in (await fields_of(request)).items() if name not in LEFT_OUT}
    return Held(request.url.path, fields, bool(await files_of(request)))


def unpacked(text: str) -> Held | None:
    """What `packed` made, None for anything else."""
    try:
        found: Any = json.loads(text) if text else None
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # a surrogate that no page can show is a ValueError, too
        return None
    match found:
        case {"path": str(path), "fields": dict(fields), "files": bool(files)} if ours(path) == path:
            texts = all(isinstance(value, str) for value in fields.values())
            return Held(path, fields, files) if texts and path not in NOT_AGAIN else None
    return None
