"""What must be true of the files: each email in the mail folder once, each document and card under its hash."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import psycopg


@dataclass(frozen=True)
class Mail:
    """What the mail folder gave: `repeats` came again under the same Message-ID, after a crash."""

    sentences: list[str]
    messages: int
    repeats: int


def mail(connection: psycopg.Connection, folder: Path) -> Mail:
    """Compare the outbox with what the mail server took."""
    arrived: dict[str, list[EmailMessage]] = defaultdict(list)
    for file in folder.glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        assert isinstance(message, EmailMessage)
        arrived[str(message["Message-ID"])].append(message)
    rows = connection.execute(
        'SELECT e.message_id, e.status, e."to", c.sha256, e.card_version FROM emails e LEFT JOIN cards c'
        " ON c.request_id = coalesce(e.card_of, e.request_id) AND c.version = e.card_version"
    ).fetchall()
    known = {row[0] for row in rows}
    found = [f"{message_id}: nobody queued this email" for message_id in arrived if message_id not in known]
    for message_id, status, to, sha256, card_version in rows:
        copies = arrived[message_id]
        found += [f"{message_id}: {wrong}" for wrong in _of_email(copies, status)]
        found += [f"{message_id}: {wrong}" for one in copies for wrong in _of_copy(one, to, sha256, card_version)]
    return Mail(sorted(found), len(arrived), sum(len(copies) - 1 for copies in arrived.values() if copies))


def _of_email(copies: list[EmailMessage], status: str) -> list[str]:
    match status:
        case "sent":
            return [] if copies else ["sent, says the row, but it never arrived"]
        case "dropped":  # a cancellation overtook it; it may have been taken by the server and not by the row
            return []
        case "failed":
            return ["failed, says the row, but it arrived"] if copies else []
        case _:
            return [f"still {status}"]


def _of_copy(message: EmailMessage, to: str, sha256: str | None, card_version: int | None) -> list[str]:
    found = []
    if [message["To"], message["X-Keydesk-Envelope-To"]] != [to, to]:
        found.append(f"went to {message['To']} by {message['X-Keydesk-Envelope-To']}, not to {to}")
    carried = [hashlib.sha256(part.get_payload(decode=True)).hexdigest() for part in message.iter_attachments()]  # type: ignore[arg-type]
    if carried != ([] if card_version is None else [sha256]):
        found.append("does not carry the card of its request" if card_version else "carries what it should not")
    return found


@dataclass(frozen=True)
class Files:
    """What the document store gave: `unused` were stored, and a crash or a correction kept them from being used."""

    sentences: list[str]
    unused: int


def files(connection: psycopg.Connection, folder: Path) -> Files:
    """Compare documents and cards with what is stored."""
    stored = {file.name: file for file in folder.rglob("*") if file.is_file()}
    found = []
    for name, file in stored.items():
        if file.parent.name != name[:2] or hashlib.sha256(file.read_bytes()).hexdigest() != name:
            found.append(f"stored file {name}: this is not the hash of what is in it")
    uploads = connection.execute("SELECT id::text, sha256, size FROM documents").fetchall()
    for document_id, sha256, size in uploads:
        if sha256 not in stored or stored[sha256].stat().st_size != size:
            found.append(f"document {document_id}: its {size} bytes are not stored")
    cards = connection.execute("SELECT request_id, version, status, sha256 FROM cards").fetchall()
    for request_id, version, status, sha256 in cards:
        if status in {"valid", "superseded"} and sha256 is None:
            found.append(f"{request_id}: card version {version} is {status}, but has no PDF")
        if sha256 is not None and (sha256 not in stored or not stored[sha256].read_bytes().startswith(b"%PDF-")):
            found.append(f"{request_id}: the PDF of card version {version} is not stored")
    used = {row[1] for row in uploads} | {row[3] for row in cards}
    return Files(sorted(found), len(stored.keys() - used))
