"""Server-rendered pages: Jinja2 with autoescape, and a Content-Security-Policy that lets nothing else in."""

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_environment = Environment(loader=PackageLoader("api.pages"), autoescape=True, undefined=StrictUndefined)


def page(name: str, status: int, **values: object) -> HTMLResponse:
    """The template `name` as a page."""
    html = _environment.get_template(name).render(values)
    return HTMLResponse(
        html,
        status,
        {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Vary": "Accept",
        },
    )
