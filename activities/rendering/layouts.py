"""The packaged page layouts, as Jinja templates that escape everything put into them."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from activities.rendering.plaintext import paragraphs


@cache
def layout(name: str) -> Template:
    """A layout of `templates/`, for example `card/card.html`. Read once per process."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("activities.rendering"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        keep_trailing_newline=True,
    )
    environment.filters["paragraphs"] = paragraphs
    return environment
