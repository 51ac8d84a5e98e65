"""Text that people wrote, made fit for paper and post: what cards and emails both do with it."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")


def clean(text: str) -> str:
    """The text with every line end as `\\n` and without control characters, which no font has a sign for.

    Half a surrogate pair, which JSON can carry and UTF-8 cannot, becomes U+FFFD.
    """
    unified = _LINE_ENDS.sub("\n", text)
    if unified.isprintable():
        return unified
    return "".join(_fit(sign) for sign in unified)


def _fit(sign: str) -> str:
    match unicodedata.category(sign):
        case "Cc" if sign not in "\n\t":
            return ""
        case "Cs":
            return "\ufffd"
        case _:
            return sign


def one_line(text: str) -> str:
    """The text on a single line: runs of white space, line ends among them, become one space."""
    return " ".join(clean(text).split())


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of a text (blank lines part them), each a list of its lines. Empty for a blank text."""
    blocks = _BLANK_LINES.split(clean(text).strip())
    return [[line.rstrip() for line in block.split("\n")] for block in blocks if block]
