"""Cards after a replacement: those on which the old unit stood are reissued under their numbers."""

from activities import assessment, faces, standing
from activities.move import Move
from activities.rendering.face import CardFace, CardUnit
from domain.access import SYSTEM
from domain.calendar import local_date
from domain.replacing import Installed
from domain.requests import UnitReplacement, UnitRole
from domain.states import State
from domain.warranties import Assignment
from store import accounts, cards, requests
from store.snapshots import from_json, to_json
from store.tables.countries import Country
from store.tables.effects import Card
from store.tables.requests import Request

REISSUE = "reissue"


async def reissue(move: Move, serial: str, data: UnitReplacement, assignment: Assignment, role: UnitRole) -> bool:
    """Put the new unit where `serial` stands on cards that count; False if it stands on none.

    What was carried over stands on the card on which it stood; what was granted anew on every one. Raises
    MoveRefused while such a card is being printed.
    """
    found = await _cards_naming(move, data, serial)
    for card in found:
        face = from_json(CardFace, card.face)
        unit = _unit(face, serial, data, assignment, role)
        await _promise(move, card, face, serial, unit)
    return bool(found)


async def take_back(move: Move, data: UnitReplacement) -> None:
    """Put the old unit back, as it stood before on each card that the new one is on."""
    for card in await _cards_naming(move, data, data.new_unit.serial):
        if card.request_id == move.row.id:
            continue  # its own card is withdrawn with it
        before = await _as_it_stood(move, card, data.old_serial)
        if before is not None:
            await _promise(move, card, from_json(CardFace, card.face), data.new_unit.serial, before)


async def issue_own(move: Move, data: UnitReplacement, assignment: Assignment, old: Installed, number: str) -> None:
    """Promise a card of the replacement's own: the old unit had none."""
    country = await move.session.get_one(Country, data.country)
    company = await accounts.company_of(move.session, move.row.company_id)
    token = cards.new_token()
    text = await assessment.text_for(move.session, data.country, old.line_up or "", assignment, gives_warranty=None)
    tiers = faces.card_tiers(assignment, country.card_language)
    face = faces.replacement_face(
        CardUnit(old.role, data.new_unit.product, data.new_unit.serial, data.old_serial, data.replaced_on, tiers),
        assignment,
        country=data.country,
        country_name=country.name,
        language=country.card_language,
        installer=company.name if company else "",
        postcode=old.postcode,
        city=old.city,
        replaced_on=data.replaced_on,
        number=number,
        version=1,
        text=text,
        verify_url=f"{move.base_url}/verify/{token}",
        issued_on=local_date(move.at, country.time_zone),
    )
    await cards.promise(
        move.session,
        request_id=move.row.id,
        request_version=move.next_version,
        version=1,
        number=number,
        token=token,
        face=to_json(face),
    )


async def _cards_naming(move: Move, data: UnitReplacement, serial: str) -> list[Card]:
    """The cards on which the unit stands: the replacement's own, and those on which the old unit stood."""
    ids = await standing.lineage(move.session, data)
    found = await cards.naming(move.session, {*ids, move.row.id}, serial)
    for card in found:
        standing.refuse_printing(card, move.row)
    return found


def _unit(face: CardFace, serial: str, data: UnitReplacement, assignment: Assignment, role: UnitRole) -> CardUnit:
    stood = next(unit for unit in face.units if unit.serial == serial)
    kept = {(tier.tier, tier.last_day) for tier in (face.tiers if stood.tiers is None else stood.tiers)}
    tiers = faces.card_tiers(assignment, face.language)
    if any(period.remaining_days is not None for period in assignment.tiers):
        tiers = tuple(tier for tier in tiers if (tier.tier, tier.last_day) in kept)
    new = data.new_unit
    return CardUnit(role, new.product, new.serial, replaces=data.old_serial, since=data.replaced_on, tiers=tiers)


async def _as_it_stood(move: Move, card: Card, serial: str) -> CardUnit | None:
    """The unit as the newest earlier version of the card shows it."""
    for version in range(card.version - 1, 0, -1):
        earlier = await cards.card_version(move.session, card.request_id, version)
        units = from_json(CardFace, earlier.face).units if earlier else ()
        if (found := next((unit for unit in units if unit.serial == serial), None)) is not None:
            return found
    return None


async def _promise(move: Move, card: Card, face: CardFace, serial: str, unit: CardUnit) -> None:
    """Promise the card's next version; its request's journal says why, which makes a version of the request."""
    country = await move.session.get_one(Country, move.row.country)
    token = cards.new_token()
    version = await cards.next_version(move.session, card.request_id)
    own = card.request_id == move.row.id
    row: Request | None = move.row if own else await requests.request(move.session, card.request_id)
    if row is None:
        raise LookupError(f"the card {card.number} belongs to no request")
    if not own:
        changes = {f"units/{serial}": {"from": serial, "to": unit.serial}}
        step = requests.Step(SYSTEM, REISSUE, State(row.state), move.at, comment=move.row.id, changes=changes)
        requests.journalise(move.session, row, step)
    next_face = faces.reissued(
        face,
        serial,
        unit,
        version=version,
        verify_url=f"{move.base_url}/verify/{token}",
        issued_on=local_date(move.at, country.time_zone),
    )
    await cards.promise(
        move.session,
        request_id=card.request_id,
        request_version=move.next_version if own else row.version,
        version=version,
        number=card.number,
        token=token,
        face=to_json(next_face),
        caused_by=None if own else move.row.id,
    )
