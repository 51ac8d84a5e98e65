"""Commissioning requests and a small country that knows what bears on them: builders and strategies."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from domain.policies import SalesMethod
from domain.requests import Attachment, Commissioning, EndUser, Unit, UnitRole
from domain.submission import Catalogue, Product, Requirement, Upload, WholesalerCell
from domain.warranties import Goods
from tests.domain.strategies import mostly

PDF, PNG, EXE = "application/pdf", "image/png", "application/x-msdownload"
TODAY = date(2026, 11, 4)
PRODUCTS = {
    "CU-2Z50TBE": Product(UnitRole.OUTDOOR, Goods("CU-2Z50TBE", line_up="residential")),
    "CS-Z25TKEW": Product(UnitRole.INDOOR, Goods("CS-Z25TKEW", line_up="residential")),
    "WH-UD05HE5": Product(UnitRole.OUTDOOR, Goods("WH-UD05HE5", line_up="heating")),
}
SHEET = Requirement("commissioning-sheet", required=True, media_types=(PDF,), max_bytes=100)
INVOICE = Requirement("invoice", required=True, media_types=(PDF, PNG), max_bytes=100)
PHOTO = Requirement("photo", required=False, media_types=(PNG,), max_bytes=100)
OUTDOOR = Unit(UnitRole.OUTDOOR, "CU-2Z50TBE", "44810001A")
INDOOR = Unit(UnitRole.INDOOR, "CS-Z25TKEW", "55100001")


def commissioning(**changed: Any) -> Commissioning:
    """A request that `catalogue()` has nothing against, unless `changed`."""
    facts: dict[str, Any] = {
        "country": "ES",
        "wholesaler": "DEF",
        "line_up": "residential",
        "commissioned_on": date(2026, 11, 1),
        "end_user": EndUser("Lucía Pérez", "Calle Mayor 1", "28013", "Madrid"),
        "units": (OUTDOOR, INDOOR),
        "documents": (Attachment("commissioning-sheet", "sheet"), Attachment("invoice", "bill")),
    }
    return Commissioning(**(facts | changed))


def catalogue(**changed: Any) -> Catalogue:
    """What the country knows, unless `changed`."""
    facts: dict[str, Any] = {
        "today": TODAY,
        "as_of": TODAY,
        "line_ups": frozenset({"residential", "heating"}),
        "products": PRODUCTS,
        "wholesalers": frozenset({"DEF", "GHI"}),
        "cell": WholesalerCell(distributes=True, gives_warranty=False),
        "requirements": (SHEET, INVOICE, PHOTO),
        "uploads": {
            "sheet": Upload(PDF, 100),
            "bill": Upload(PNG, 1),
            "virus": Upload(EXE, 1),
            "scan": Upload(PDF, 101),
        },
    }
    return Catalogue(**(facts | changed))


ATTACHMENTS = st.builds(
    Attachment,
    requirement=st.sampled_from(["commissioning-sheet", "invoice", "photo", "unheard-of"]),
    document_id=st.sampled_from(["sheet", "bill", "virus", "scan", "lost"]),
)
UNITS = st.builds(
    Unit,
    role=mostly(st.just(UnitRole.OUTDOOR), st.sampled_from(UnitRole)),
    product=mostly(st.just("CU-2Z50TBE"), st.sampled_from([*PRODUCTS, "XX"])),
    serial=mostly(st.from_regex("[A-Z0-9]{4}", fullmatch=True), st.sampled_from(["", "AB1", "ab12", "A1234"])),
)
REQUESTS = st.builds(
    commissioning,
    wholesaler=mostly(st.just("DEF"), st.just("XYZ")),
    line_up=mostly(st.just("residential"), st.sampled_from(["heating", "pools"])),
    commissioned_on=mostly(st.just(date(2026, 11, 1)), st.dates(date(2026, 10, 1), date(2026, 11, 5))),
    units=mostly(st.just((OUTDOOR, INDOOR)), st.lists(UNITS, max_size=3).map(tuple)),
    documents=mostly(st.just(commissioning().documents), st.lists(ATTACHMENTS, max_size=3).map(tuple)),
    sales_method=st.sampled_from(SalesMethod),
)
CATALOGUES = st.builds(
    catalogue,
    cell=mostly(
        st.just(WholesalerCell(distributes=True, gives_warranty=True)),
        st.none() | st.builds(WholesalerCell, distributes=st.booleans(), gives_warranty=st.booleans()),
    ),
    serial_pattern=mostly(st.none(), st.just("[A-Z0-9]{4}")),
    registration_limit=mostly(st.none(), st.integers(0, 40).map(lambda days: timedelta(days=days))),
    requirements=mostly(st.just((SHEET, INVOICE, PHOTO)), st.sampled_from([(), (PHOTO,), (INVOICE,)])),
)
