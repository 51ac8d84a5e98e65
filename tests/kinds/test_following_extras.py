"""Extra years follow the warranty that they rest on when it is amended (`domain.md` §2.1, §2.3)."""

from tests.kinds.walks import card_of, extra_filed, extra_granted, found, granted
from tests.stack.countries import new_country
from tests.stack.days import day, end
from tests.stack.outbox import emails_about
from tests.stack.papers import squeezed, text_of
from tests.stack.running import Stack
from tests.stack.walks import Json, decided, eventually, history, new_serial, outdoor, seen, settled
from workers.reconcile import reconcile


def versions(request: Json) -> list[tuple[int, str]]:
    return [(one["version"], one["status"]) for one in request["cards"]]


async def test_an_amended_start_moves_the_extra_years_and_their_card(stack: Stack) -> None:
    country = await new_country(stack)
    base = await granted(stack, country)
    extra = await extra_granted(stack, base, country.keyuser)
    before, number = len(emails_about(stack, extra["id"])), extra["cards"][0]["number"]
    serial = new_serial()
    changed = {"commissioned_on": day(4), "units": outdoor(serial), "end_user": {"email": "new@example.org"}}
    await decided(stack, country.keyuser, base["id"], "amend", comment="Moved.", data=changed)
    await settled(stack, base["id"])

    async def printed() -> bool:
        return versions(await seen(stack, extra["id"])) == [(1, "superseded"), (2, "valid")]

    await eventually(printed, "the card of the extra years is not reissued")
    after, below = await seen(stack, extra["id"]), await seen(stack, base["id"])
    assert versions(below) == [(1, "superseded"), (2, "valid")], "its own cards only"
    assert {one["number"] for one in after["cards"]} == {number}
    assert [(one["start"], one["end"]) for one in after["assignment"]["tiers"]] == [(day(4), end(after=4, years=7))]
    assert after["assignment"]["policy"] == extra["assignment"]["policy"]
    assert (after["state"], after["data"]["units"][0]["serial"]) == ("processed", serial)
    last = (await history(stack, extra["id"]))[-1]
    assert (last["actor"], last["action"], last["comment"]) == ("system", "amend_with_base", "Moved.")
    assert "commissioned_on" in last["changes"]
    card = await card_of(stack, extra, 2)
    assert serial in squeezed(text_of(card))
    told = emails_about(stack, extra["id"])[before:]
    assert sorted(one.envelope_to for one in told) == sorted(["new@example.org", f"{country.partner}@keydesk.example"])
    assert [list(one.attachments.values()) for one in told] == [[card], [card]]
    shown = await found(stack, below)
    assert {one["card"]["number"] for one in shown} == {number, below["cards"][0]["number"]}
    assert [line for line in await reconcile(stack.settings) if extra["id"] in line or base["id"] in line] == []


async def test_extra_years_that_wait_get_the_data_and_are_granted_on_it(stack: Stack) -> None:
    base = await granted(stack)
    extra = await extra_filed(stack, base)
    await decided(stack, "keyuser.es", base["id"], "amend", comment="Moved.", data={"commissioned_on": day(3)})
    await settled(stack, base["id"])
    waiting = await seen(stack, extra["id"])
    assert (waiting["state"], waiting["version"], waiting["data"]["commissioned_on"]) == ("submitted", 2, day(3))
    assert (await history(stack, extra["id"]))[-1]["action"] == "amend_with_base"
    assert len(emails_about(stack, extra["id"])) == 2, "those of the submission"


async def test_what_the_extra_years_do_not_repeat_leaves_them_alone(stack: Stack) -> None:
    base = await granted(stack)
    extra = await extra_granted(stack, base)
    await decided(stack, "keyuser.es", base["id"], "amend", comment="A note.", data={"remarks": "By the door."})
    assert versions(await settled(stack, base["id"])) == [(1, "superseded"), (2, "valid")]
    assert versions(await settled(stack, extra["id"])) == [(1, "valid")]
