"""The life of a unit on one page: past and future."""

from fastapi import APIRouter, Response

from api import lives
from api.pages.visits import MemberOf
from domain.serials import normalise_serial

router = APIRouter()


@router.get("/units/{serial}")
async def show(visit: MemberOf, serial: str) -> Response:
    """Everything that the desk knows about a unit of the keyuser's country."""
    return visit.page("unit.html", unit=await lives.read_unit(normalise_serial(serial), visit.who, visit.parts, None))
