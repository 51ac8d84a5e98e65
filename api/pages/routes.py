"""Every page, and what pages are made of, put into the application. None of it is in the OpenAPI document."""

from fastapi import Depends, FastAPI

from api.dependencies import readable_path
from api.pages import (
    case,
    configuring,
    country,
    dashboard,
    emails,
    export,
    failures,
    filing,
    inbox,
    landing,
    pages,
    papers,
    points,
    previews,
    provider,
    signing,
    units,
)
from api.pages.assets import Assets
from api.pages.visits import closed_afterwards

# The order matters where one address could be another's: `/requests.xlsx` stands before `/requests/{request_id}`, and
# `/configuration/{country}/notifications` before `/configuration/{country}/{name}`.
PAGES = (
    provider,
    signing,
    landing,
    export,
    inbox,
    case,
    previews,
    filing,
    points,
    units,
    dashboard,
    country,
    emails,
    configuring,
    papers,
)


def install(app: FastAPI) -> None:
    """Serve the pages, and answer browsers with pages where something is refused."""
    failures.install(app)
    guards = [Depends(readable_path), Depends(closed_afterwards)]
    for part in PAGES:
        app.include_router(part.router, include_in_schema=False, dependencies=guards)
    app.mount("/static/vendor", Assets(*pages.TABLER), name="vendor")
    app.mount("/static", Assets("api.pages", "static"), name="static")
