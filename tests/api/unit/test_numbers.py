"""Whole numbers in bodies: a flag is none, and what a page sends is text."""

from collections.abc import Iterator

import pytest
from pydantic import ValidationError

import api.app
from configuration.fields import Body, pointed

FLAG, TEXT = True, "7"


def shapes(root: type[Body] = Body) -> Iterator[type[Body]]:
    """Every body that the desk takes, once all of it is imported; what it shows is made of some of them."""
    for shape in root.__subclasses__():
        if not shape.__name__.endswith("View"):
            yield shape
            yield from shapes(shape)


def wholes(shape: type[Body]) -> Iterator[str]:
    """The fields that take a whole number."""
    for name, member in shape.model_json_schema(mode="validation").get("properties", {}).items():
        if "integer" in {branch.get("type") for branch in (member, *member.get("anyOf", ()))}:
            yield name


TAKEN = sorted(
    {(shape, name) for shape in shapes() for name in wholes(shape)}, key=lambda one: (one[0].__name__, one[1])
)


def complaints(shape: type[Body], name: str, value: object) -> set[str]:
    """The places of a body with only this field that are complained about."""
    try:
        shape.model_validate({name: value})
    except ValidationError as refused:
        return {field.pointer for field in pointed(refused.errors())}
    return set()


def test_bodies_take_whole_numbers() -> None:
    assert api.app.__name__ == "api.app"
    assert {("LineBody", "quantity"), ("SaveBody", "version"), ("OverrideBody", "points")} <= {
        (shape.__name__, name) for shape, name in TAKEN
    }


@pytest.mark.parametrize(("shape", "name"), TAKEN, ids=lambda one: one if isinstance(one, str) else one.__name__)
def test_a_flag_is_no_number_and_text_is_one(shape: type[Body], name: str) -> None:
    assert f"/{name}" in complaints(shape, name, FLAG)
    assert f"/{name}" not in complaints(shape, name, TEXT)
