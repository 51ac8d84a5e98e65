"""The dashboard: what came in, what it was accepted for, why it was not; one's own country, and nothing else."""

import re

from tests.kinds import claims
from tests.pages.walks import let_in, read, signed_in
from tests.stack.running import Stack
from tests.stack.walks import decided, filed, processed, settled

BAR = re.compile(r'<th scope="row">([^<]*)</th>.*?max="([^"]*)" value="([^"]*)".*?<td>([^<]*)</td>')


def bars(page: str, title: str) -> dict[str, str]:
    """The figures of one chart, by name; each bar is as long as its figure says."""
    found = BAR.findall(page.split(f">{title}</h2>")[1].split("</section>")[0])
    assert all(float(value) == float(said) and float(value) <= float(full) for _, full, value, said in found)
    return {name: said for name, _, _, said in found}


async def test_the_dashboard_says_what_was_accepted_and_why_the_rest_was_not(stack: Stack) -> None:
    country = await claims.loyal_country(stack)
    installer, keyuser, who = country.installer, country.keyuser, claims.participant(country)
    here = {"country": country.code}
    await processed(stack, installer, keyuser, **here)
    await processed(stack, installer, keyuser, **here, sales_method="rented")
    denied = await filed(stack, installer, **here)
    await decided(stack, keyuser, denied["id"], "deny", comment="too dark", documents=["invoice"])
    unnamed = await filed(stack, installer, **here)
    await decided(stack, keyuser, unnamed["id"], "deny", comment="which house?")
    wrong = await filed(stack, installer, **here)
    await decided(stack, keyuser, wrong["id"], "flag_wrong_data", comment="which city?")
    await filed(stack, installer, **here)
    bill = await claims.invoice(stack, who)
    lines = [claims.line(claims.PLAIN, bill), claims.line(claims.BARE, site="x"), claims.line(claims.BARE, site="y")]
    points = (await claims.claimed(stack, lines, who, **claims.in_country(country)))["id"]
    await claims.put(
        stack,
        keyuser,
        points,
        "verdicts",
        documents=[{"document_id": bill, "verdict": "denied", "reason": "no such site"}],
        lines=[
            {"line": 2, "verdict": "denied", "reason": "no such site"},
            {"line": 3, "verdict": "accepted"},
        ],
    )
    await decided(stack, keyuser, points, "process")
    await settled(stack, points)

    path = f"/api/v1/countries/{country.code}/documentation/commissioning/residential/invoice"
    title = (await stack.client_of(keyuser).get(path)).json()["title"]
    page = await read(await let_in(stack, keyuser), "/dashboard")
    assert sum(map(int, bars(page, "Requests by week").values())) == 7
    assert bars(page, "Waiting for a decision, by age")["today"] == "1"
    assert bars(page, "Decisions") == {
        "Accepted": "2",
        "Denied": "2",
        "Points processed": "1",
        "Corrections asked for": "1",
    }
    assert bars(page, "What requests were accepted for") == {
        "STD-1-5": "1",
        "Points: Loyal": "1",
        "No warranty: Rented units get no warranty.": "1",
    }
    assert bars(page, "Why requests were denied or sent back") == {
        f"Document: {title}": "1",
        "Document: invoice": "1",
        "Wrong data": "1",
        "Denied, no document named": "1",
        "Points: a line without documents": "1",
    }
    assert bars(page, "Reasons given when points were denied") == {"no such site": "2"}
    assert set(bars(page, "Median hours to the first decision")) == {"Commissioning", "Points"}
    for stranger in (
        await signed_in(stack, "keyuser.pt"),
        await let_in(stack, (await claims.loyal_country(stack)).keyuser),
    ):
        assert "no such site" not in await read(stranger, "/dashboard")
    assert "As soon as requests come in" in await read(stranger, "/dashboard")
    assert "no such site" in await read(await signed_in(stack, "ops"), "/dashboard")
    assert (await (await let_in(stack, installer)).get("/dashboard")).status_code == 403
