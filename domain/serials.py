"""Serial numbers and postcodes: normalised once, at the edge; the rest compares text (`domain.md` §1).

People paste them from PDFs, spreadsheets and web pages. What only groups the digits or cannot be seen is
dropped: every Unicode space, every dash, and format characters (soft hyphen, zero width space, BOM).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

SERIAL = "^[A-Z0-9]{4,30}$"

_DASH_PUNCTUATION = "Pd"
_INVISIBLE_FORMAT = "Cf"
_MINUS = "\N{MINUS SIGN}"  # a mathematical symbol by category, a dash to whoever pastes it


def _only_groups(char: str) -> bool:
    return char.isspace() or char == _MINUS or unicodedata.category(char) in {_DASH_PUNCTUATION, _INVISIBLE_FORMAT}


def _compact(text: str) -> str:
    return "".join(char for char in text if not _only_groups(char))


def normalise_serial(text: str) -> str:
    """The serial number as it is stored: upper case, no spaces, no dashes (`domain.md` §1).

    Only ASCII letters change case: `ß` would become a plausible `SS`, a serial that nobody typed.
    Never fails; `is_serial` judges the result.
    """
    return "".join(char.upper() if char.isascii() else char for char in _compact(text))


def is_serial(serial: str, stricter: str | None = None) -> bool:
    """Whether a normalised serial number fits `SERIAL` and, whole, a stricter pattern (`domain.md` §1).

    `stricter` is the country's regular expression, which `pattern_error` found to be right.
    """
    return re.fullmatch(SERIAL, serial) is not None and (
        stricter is None or bool(_compiled(stricter).fullmatch(serial))
    )


def pattern_error(pattern: str) -> str | None:
    """What is wrong with a regular expression for serial numbers, None if nothing is (`domain.md` §1).

    RE2 matches in linear time, whatever people write; what it cannot, as looking back, it refuses here.
    """
    try:
        _compiled(pattern)
    except re2.error as failure:
        return bytes(failure.args[0]).decode()
    return None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options=options)


def normalise_postcode(text: str) -> str:
    """The form in which postcodes compare: no spaces, dashes or case (`domain.md` §1). Not for display."""
    return _compact(text).upper()
