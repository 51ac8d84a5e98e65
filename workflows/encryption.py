"""What Temporal keeps is encrypted: AES-GCM around every payload, under keys that only Keydesk has.

Inputs, results, summaries and error messages are payloads; ids, search attributes and error types are not, and name no
person. A payload that was written before there were keys, or was typed on Temporal's command line, is read as it is.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes, PayloadCodec

ENCODING = "encoding"
ENCRYPTED = b"binary/encrypted"
KEY_ID = "encryption-key-id"
NONCE = 12


class Undecipherable(Exception):
    """A payload was encrypted under a key that is not here, or was changed since."""


class Cipher(PayloadCodec):
    """Encrypts under the first of `keys` (id → 32 bytes) and decrypts under any of them: so keys are rotated."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = {name: AESGCM(key) for name, key in keys.items()}
        self._current = next(iter(keys))

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload inside an encrypted one."""
        return [self._sealed(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Each payload as it was before. Raises Undecipherable."""
        return [self._opened(payload) for payload in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        nonce, key_id = secrets.token_bytes(NONCE), self._current.encode()
        sealed = self._keys[self._current].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={ENCODING: ENCRYPTED, KEY_ID: key_id}, data=nonce + sealed)

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get(ENCODING) != ENCRYPTED:
            return payload
        key_id = payload.metadata.get(KEY_ID, b"")
        key = self._keys.get(key_id.decode(errors="replace"))
        if key is None:
            raise Undecipherable("a payload was encrypted under a key that is not configured")
        try:
            return Payload.FromString(key.decrypt(payload.data[:NONCE], payload.data[NONCE:], key_id))
        except (InvalidTag, ValueError):
            raise Undecipherable("a payload is not what was encrypted") from None


def converter(keys: Mapping[str, bytes]) -> DataConverter:
    """How values become payloads: encrypted, if there are keys."""
    if not keys:
        return pydantic_data_converter
    return replace(
        pydantic_data_converter,
        payload_codec=Cipher(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
