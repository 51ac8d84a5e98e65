"""Payloads in Temporal: nobody reads or changes them without a key; old keys and clear text go on being read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from domain.messages import SignalledDecision
from domain.states import Trigger
from workflows.encryption import ENCRYPTED, Cipher, Undecipherable, converter

OLD, NEW = {"2025": b"o" * 32}, {"2026": b"n" * 32}
SECRET = "Lucía Pérez, Calle Mayor 1"


def payload(text: str) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=text.encode())


@given(st.text(min_size=8))
async def test_what_was_encrypted_is_decrypted(text: str) -> None:
    [sealed] = await Cipher(NEW).encode([payload(text)])
    assert sealed.metadata["encoding"] == ENCRYPTED
    assert text.encode() not in sealed.SerializeToString()
    assert await Cipher(NEW).decode([sealed]) == [payload(text)]


async def test_the_same_value_never_looks_the_same() -> None:
    one, two = await Cipher(NEW).encode([payload(SECRET), payload(SECRET)])
    assert one.data != two.data


async def test_a_rotated_key_still_reads() -> None:
    sealed = await Cipher(OLD).encode([payload(SECRET)])
    assert await Cipher(NEW | OLD).decode(sealed) == [payload(SECRET)]
    [newer] = await Cipher(NEW | OLD).encode([payload(SECRET)])
    assert newer.metadata["encryption-key-id"] == b"2026"


async def test_a_key_that_is_gone_is_named_as_the_reason() -> None:
    sealed = await Cipher(OLD).encode([payload(SECRET)])
    with pytest.raises(Undecipherable, match="a key that is not configured"):
        await Cipher(NEW).decode(sealed)


@pytest.mark.parametrize("place", [0, 12, 30, -1])
async def test_a_changed_payload_is_refused(place: int) -> None:
    [sealed] = await Cipher(NEW).encode([payload(SECRET)])
    changed = bytearray(sealed.data)
    changed[place] ^= 1
    with pytest.raises(Undecipherable, match="not what was encrypted"):
        await Cipher(NEW).decode([Payload(metadata=sealed.metadata, data=bytes(changed))])


async def test_a_payload_under_another_key_s_name_is_refused() -> None:
    [sealed] = await Cipher(OLD).encode([payload(SECRET)])
    renamed = Payload(metadata={**sealed.metadata, "encryption-key-id": b"2026"}, data=sealed.data)
    with pytest.raises(Undecipherable):
        await Cipher({"2026": OLD["2025"]}).decode([renamed])


async def test_clear_text_stays_readable() -> None:
    assert await Cipher(NEW).decode([payload(SECRET)]) == [payload(SECRET)]


async def test_values_and_errors_are_encrypted_and_come_back() -> None:
    coded = converter(NEW)
    decision = SignalledDecision(Trigger.DENY, "keyuser.es", SECRET)
    sealed = await coded.encode([decision])
    assert await coded.decode(sealed, [SignalledDecision]) == [decision]
    failure = Failure()
    await coded.encode_failure(ApplicationError(SECRET, {"who": SECRET}, type="invalid"), failure)
    told = failure.SerializeToString()
    assert SECRET.encode() not in told
    assert b"invalid" in told
    back = await coded.decode_failure(failure)
    assert isinstance(back, ApplicationError)
    assert (back.message, back.details[0]["who"]) == (SECRET, SECRET)


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 12])
async def test_a_torn_payload_is_refused(data: bytes) -> None:
    torn = Payload(metadata={"encoding": ENCRYPTED, "encryption-key-id": b"2026"}, data=data)
    with pytest.raises(Undecipherable, match="not what was encrypted"):
        await Cipher(NEW).decode([torn])


def test_without_keys_nothing_is_encrypted() -> None:
    assert converter({}).payload_codec is None
