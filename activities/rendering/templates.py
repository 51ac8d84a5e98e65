"""Email templates: which tags they may use, what is refused, and the ones that come with the program.

A template is plain text with tags such as `{{ request_id }}`. It is parsed by Jinja but never run: a template
that passes is a list of texts and names, and writing an email is putting values in their place (`domain.md`
§7).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

TAGS = (
    "end_user_name",
    "partner_name",
    "company_name",
    "landing_url",
    "request_id",
    "request_url",
    "card_number",
    "comment",
    "denied_documents",
    "state_label",
    "points",
    "warranty_summary",
)
"""The tags a template may use, and no other (`domain.md` §7)."""

SUBJECT_LIMIT = 200
"""Characters in the subject of a template."""

BODY_LIMIT = 20_000
"""Characters in the body of a template."""

_ENVIRONMENT = SandboxedEnvironment(keep_trailing_newline=True)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_TOKENS = {"data", "variable_begin", "whitespace", "name", "variable_end"}
_ALLOWED = f"Allowed tags: {', '.join(TAGS)}."


@dataclass(frozen=True)
class EmailTemplate:
    """Subject (one line) and body of an email, with tags, and the language that they are in."""

    subject: str
    body: str
    language: str = "en"


class TemplateRefused(ValueError):
    """A template that is not plain text and allowed tags. `problems`: (`subject` or `body`, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(f"{field}: {sentence}" for field, sentence in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type["TemplateRefused"], tuple[list[tuple[str, str]]]]:
        return TemplateRefused, (self.problems,)


@dataclass(frozen=True)
class Tag:
    """A place in a template where the value of this tag goes."""

    name: str


def check_template(template: EmailTemplate) -> None:
    """Raise `TemplateRefused`, with every reason found, unless this is plain text and allowed tags."""
    problems = [("subject", sentence) for sentence in _subject_problems(template.subject)]
    problems += [("body", sentence) for sentence in _problems(template.body, BODY_LIMIT, "\n\r\t")]
    if problems:
        raise TemplateRefused(problems)


def pieces(source: str) -> list[str | Tag]:
    """The texts and tags that a checked subject or body consists of, in order."""
    found: list[str | Tag] = []
    for node in _parts(source):
        match node:
            case nodes.TemplateData():
                found.append(node.data)
            case nodes.Name():
                found.append(Tag(node.name))
            case _:
                raise TypeError("Only a template that passed check_template has pieces.")
    return found


def _subject_problems(subject: str) -> Iterator[str]:
    if len(subject.splitlines()) > 1:
        yield "The subject is one line."
    yield from _problems(subject, SUBJECT_LIMIT, "\n\r")


def _problems(source: str, limit: int, controls: str) -> Iterator[str]:
    if not source.strip():
        yield "Some text is needed."
    elif len(source) > limit:
        yield f"At most {limit} characters; these are {len(source)}."
    elif any(unicodedata.category(sign) in {"Cc", "Cs"} and sign not in controls for sign in source):
        yield "Control characters are not allowed."
    else:
        yield from _markup_problems(source)


def _markup_problems(source: str) -> Iterator[str]:
    try:
        parts = _parts(source)
        tokens = list(_ENVIRONMENT.lex(source))
    except (TemplateSyntaxError, RecursionError, ValueError):
        yield f"This is not plain text with tags such as {{{{ request_id }}}}. {_ALLOWED}"
        return
    names = {node.name for node in parts if isinstance(node, nodes.Name)}
    for name in sorted(names - set(TAGS)):
        yield f"There is no tag {{{{ {name} }}}}. {_ALLOWED}"
    # The tree says what would run; the tokens show what leaves no trace there: comments, raw blocks, `{{-`.
    plain = all(kind in _TOKENS and _is_plain(kind, text) for _, kind, text in tokens)
    if not plain or any(not isinstance(node, nodes.TemplateData | nodes.Name) for node in parts):
        yield "Only plain text and tags such as {{ request_id }} are allowed: no filters, sums or blocks."


def _is_plain(kind: str, text: str) -> bool:
    match kind:
        case "variable_begin":
            return text == "{{"
        case "variable_end":
            return text == "}}"
        case "whitespace":
            return not text.strip(" \t")
        case _:
            return True


def _parts(source: str) -> list[nodes.Node]:
    """What Jinja makes of the source: the contents of its outputs, and any statement as it is."""
    parts: list[nodes.Node] = []
    for node in _ENVIRONMENT.parse(source).body:
        parts += node.nodes if isinstance(node, nodes.Output) else [node]
    return parts


@cache
def events() -> tuple[tuple[str, str], ...]:
    """The (event, recipient) pairs that have a packaged template, sorted."""
    return tuple(
        sorted((event.name, recipient.name) for event in _packaged().iterdir() for recipient in event.iterdir())
    )


def default_template(event: str, recipient: str, language: str) -> EmailTemplate | None:
    """The packaged template of an event for a recipient: in this language, its base language or English.

    None if the event has nothing to say to such a recipient. Example: `default_template("denied",
    "requester", "pt")`.
    """
    if (event, recipient) not in events():
        return None
    wanted = [language, language.split("-")[0]] if _LANGUAGE.fullmatch(language) else []
    folders = [_packaged() / event / recipient / name for name in [*wanted, "en"]]
    folder = next(folder for folder in folders if folder.is_dir())
    subject = (folder / "subject.txt").read_text("utf-8")
    return EmailTemplate(subject.strip(), (folder / "body.txt").read_text("utf-8"), folder.name)


def _packaged() -> Traversable:
    return files("activities.rendering") / "templates" / "emails"
