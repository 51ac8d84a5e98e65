"""Text that tries to read a file, call out or run code is printed as it stands (issue 2)."""

import re
from typing import Any

import pytest

from store.tables import configuration, countries
from tests.stack.countries import new_country
from tests.stack.outbox import emails_about
from tests.stack.papers import squeezed, text_of
from tests.stack.running import Stack
from tests.stack.walks import REQUESTS, decided, filed, new_serial, settled

ATTACKS = {
    "file": '<img src="file:///etc/passwd">',
    "call": "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "sum": "{{ 7*7 }}",
    "block": "{% for x in [].__class__.__base__.__subclasses__() %}x{% endfor %}",
    "pdf": "<pdf:nextpage><pdf:barcode value=x>",
    "script": "<script>alert(1)</script>",
    "format": "{0.__class__} %(x)s ${x}",
}


async def attacked(stack: Stack, text: str) -> tuple[dict[str, Any], str]:
    """A processed request in whose country everything that people edit says `text`; with its keyuser."""
    country = await new_country(stack, company={"name": f"Firma {text}"[:200]})
    async with stack.sessions.begin() as session:
        session.add(
            configuration.Product(country=country.code, reference=f"CU {text}", line_up="residential", role="outdoor")
        )
        card_text = await session.get_one(
            configuration.CardText,
            {"country": country.code, "product_range": "residential", "warranty_type": "standard"},
        )
        card_text.distributor_without_warranty = f"Text {text}"
        (await session.get_one(countries.Country, country.code)).name = f"Land {text}"
    end_user = {"name": f"Ana {text}", "address": text, "postcode": "28013", "city": f"City {text}"}
    request = await filed(
        stack,
        country.installer,
        country=country.code,
        end_user=end_user,
        remarks=text,
        units=[{"role": "outdoor", "product": f"CU {text}", "serial": new_serial()}],
    )
    await decided(stack, country.keyuser, request["id"], "flag_wrong_data", comment=f"Comment {text}")
    await decided(stack, country.installer, request["id"], "resubmit", comment=f"Answer {text}")
    await decided(stack, country.keyuser, request["id"], "accept", comment=f"Comment {text}")
    return await settled(stack, request["id"]), country.keyuser


@pytest.mark.parametrize("what", ATTACKS)
async def test_an_attack_is_printed_as_it_stands(stack: Stack, what: str) -> None:
    text = ATTACKS[what]
    request, keyuser = await attacked(stack, text)
    assert request["state"] == "processed"
    assert request["warnings"] == []
    pdf = (await stack.client_of(keyuser).get(f"{REQUESTS}/{request['id']}/card")).content
    printed = squeezed(text_of(pdf))
    for where in ("Text", "CU", "City", "Firma"):
        assert squeezed(f"{where} {text}") in printed
    assert "root:" not in printed
    emails = emails_about(stack, request["id"])
    assert [one.envelope_to for one in emails] == [f"installer.{request['country'].lower()}@keydesk.example"] * 3
    for told in emails[1:]:
        assert f"Comment {text}" in told.text
        assert "49" not in told.text.replace(request["id"], "").replace(request["cards"][0]["number"], "")
        assert not set(re.findall(r"<(\w+)", told.html)) & {"img", "script", "link", "pdf"}


async def test_a_subject_is_one_line_whatever_the_names_say(stack: Stack) -> None:
    country = await new_country(stack, company={"name": "Firma\r\nBcc: eve@example.org"})
    request = await filed(stack, country.installer, country=country.code)
    await settled(stack, request["id"])
    (told,) = emails_about(stack, request["id"])
    assert told.message["Bcc"] is None
    assert told.envelope_to == f"{country.installer}@keydesk.example"
