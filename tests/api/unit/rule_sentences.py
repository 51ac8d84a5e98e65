"""Reads from the source every sentence that rules answer with and pages show, as its literal parts.

A place for a value is `{}` here. What cannot be read from the source is refused: say it where it can be, or name it
in `PASSED_ON` if it only carries on a sentence that was read elsewhere.
"""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from api.pages import words
from domain import errors
from tests.docs.pages import ROOT

ROOMS = ("domain", "statemachines", "store", "activities", "configuration", "api")
# No page shows what these refuse: they are for machines and for the command line.
NOT_ON_PAGES = {
    "api/api_keys.py",
    "api/codec.py",
    "configuration/transfer.py",
    "domain/errors.py",
    "statemachines/machine.py",
    "store/api_keys.py",
    "store/erasure.py",
}
# Nor these sentences.
ELSEWHERE = {
    "This move changes the request: only a decision over the API can say how.": "to signals",
    "This move names a line and its points: only a decision over the API can say which.": "to signals",
    "Only ops and admins are accounts of the desk itself.": "to the command line",
    "admin, ops": "to the command line",
    "There is an account {} already.": "to the command line",
    "There is a country {} already.": "to admins over the API",
    "Idempotency-Key must have 1 to {} characters.": "to the API; forms have keys of their own",
    "is nested too deeply": "to the API; forms have two levels",
    "{} does not take this.": "to the API; forms have the fields that the move takes",
}
# Sentences that were read where they were made.
PASSED_ON = {
    "'; '.join([against, *remarks])",
    "'; '.join(remarks) or None",
    "_sentence(failure)",
    "cell.why",
    "changed.detail",
    "detail",
    "detail if column or not pointer else f'{pointer[1:]}: {detail}'",
    "error.detail",
    "field.detail",
    "one.detail",
    "problem.detail",
    "refusal.detail",
    "refused.detail",
    "sentence",
    "str(wrong)",
    "why or 'does not fit'",
}
# Functions whose every text is a sentence: what is returned, yielded, or kept to be.
SAYING = {
    "activities/rendering/templates.py": ("_subject_problems", "_problems", "_markup_problems"),
    "configuration/accounts.py": ("forbidden",),
    "configuration/lists.py": ("_whole_cells",),
    "domain/policies.py": ("beaten_by",),
}
ALL_SAYING = ("domain/warranties.py", "configuration/readiness.py")
# Refusals whose own sentence is shown, and where in calls other sentences stand.
TELLING = {one.__name__ for code, one in errors.BY_CODE.items() if code not in words.EXPLAINED} - {"KeydeskError"}
PLACES = {"FieldError": 1, "Advice": 2, "Flaw": 2, "_flaw": -1, "TraceEntry": 3, "Unfit": 0, "Unreadable": 0}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Sentence:
    """One sentence: where it stands, and its literal parts with `{}` between them."""

    file: str
    line: int
    text: str


@dataclass
class Source:
    """One file of the product."""

    path: Path
    unread: list[str] = field(default_factory=list)

    @cached_property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_bytes())

    @cached_property
    def nodes(self) -> dict[Function | None, list[ast.AST]]:
        """Every node, by the innermost function that holds it, None outside of all."""
        found: dict[Function | None, list[ast.AST]] = {None: []}
        waiting: list[tuple[Function | None, ast.AST]] = [(None, self.tree)]
        while waiting:
            function, node = waiting.pop()
            found.setdefault(function, []).append(node)
            inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
            waiting += [(inner, child) for child in ast.iter_child_nodes(node)]
        return found

    @property
    def functions(self) -> list[Function]:
        return [one for one in self.nodes if one is not None]

    def sentences(self) -> Iterator[Sentence]:
        for function in [None, *self.functions]:
            for call in self._own(function, ast.Call):
                if (given := self._given(call)) is not None:
                    for text in self._texts(given, function):
                        yield Sentence(self.name, call.lineno, text)
        for function in self.functions:
            if self.name in ALL_SAYING or function.name in SAYING.get(self.name, ()):
                yield from self._all_of(function)

    def _own(self, function: Function | None, kind: type[Any]) -> Iterator[Any]:
        """Nodes of the kind within the function, but not within functions of its own; or outside of all."""
        return (node for node in self.nodes[function] if isinstance(node, kind))

    def _given(self, call: ast.Call) -> ast.expr | None:
        """The argument that is a sentence, None if the call has none."""
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called in TELLING or (called == "ValueError" and self._becomes_a_field()):
            return call.args[0] if call.args else None
        if called not in PLACES:
            return None
        if len(call.args) > PLACES[called]:
            return call.args[PLACES[called]]
        return next((one.value for one in call.keywords if one.arg == "detail"), None)

    def _becomes_a_field(self) -> bool:
        """Whether pydantic, or the reader of files, makes the complaint about a field of what is raised here."""
        return self.name == "domain/columns.py" or self.name.startswith(("configuration/", "api/schemas/"))

    def _texts(self, given: ast.expr, function: Function | None) -> list[str]:
        if ast.unparse(given) in PASSED_ON:
            return []
        match given:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=parts):
                return ["".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in parts)]
            case ast.IfExp(body=one, orelse=other):
                return [*self._texts(one, function), *self._texts(other, function)]
            case ast.Name(id=name) if function is not None:
                return self._named(name, function)
        return self._constant(given)

    def _named(self, name: str, function: Function) -> list[str]:
        """What a local name stands for: what was assigned to it, or what callers of the function give."""
        kept = [one.value for one in self._own(function, ast.Assign) if name in map(ast.unparse, one.targets)]
        kept += [one.value for one in self._own(function, ast.NamedExpr) if one.target.id == name]
        if kept:
            return [text for one in kept for text in self._texts(one, function)]
        parameters = [one.arg for one in function.args.args]
        if name not in parameters:
            return self._constant(ast.Name(name))
        place = parameters.index(name)
        calls = [
            (call, caller)
            for caller in self.functions
            for call in self._own(caller, ast.Call)
            if isinstance(call.func, ast.Name) and call.func.id == function.name
        ]
        if not calls:
            self.unread.append(f"{self.name}: {name}")
        return [text for call, caller in calls for text in self._texts(call.args[place], caller)]

    def _constant(self, given: ast.expr) -> list[str]:
        module = importlib.import_module(self.name.removesuffix(".py").replace("/", "."))
        try:
            found = eval(ast.unparse(given), dict(vars(module)))
        except NameError:
            found = None
        if isinstance(found, str):
            return [found]
        self.unread.append(f"{self.name}: {ast.unparse(given)}")
        return []

    def _all_of(self, function: Function) -> Iterator[Sentence]:
        """Every text of the function with a space in it, but its docstring and what a bug would raise."""
        aside = {id(node) for call in self._own(function, ast.Raise) for node in ast.walk(call)}
        aside |= {id(node) for one in self._own(function, ast.FormattedValue) for node in ast.walk(one)}
        aside |= {id(node) for one in self._own(function, ast.JoinedStr) for node in one.values}
        aside |= {id(node.value) for node in function.body if isinstance(node, ast.Expr)}
        kept: list[ast.expr] = [*self._own(function, ast.Constant), *self._own(function, ast.JoinedStr)]
        for one in kept:
            if id(one) not in aside and not (isinstance(one, ast.Constant) and not isinstance(one.value, str)):
                for text in self._texts(one, function):
                    if " " in text.strip() and any(letter.isalpha() for letter in text.replace("{}", "")):
                        yield Sentence(self.name, one.lineno, text)


def sources() -> list[Source]:
    """Every file whose sentences reach pages."""
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))
    return [one for one in map(Source, files) if one.name not in NOT_ON_PAGES]
