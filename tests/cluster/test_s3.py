"""Documents and cards in S3: a real S3-compatible server, the same promises as a folder gives."""

import hashlib
from collections.abc import Iterator

import boto3  # type: ignore[import-untyped]
import pytest
from moto.server import ThreadedMotoServer

from store.files import Damaged, Files, OutOfReach
from tests.stack.servers import free_port

BUCKET = "keydesk"
CONTENT = "Lucía's invoice".encode()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of the server."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        moto.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> "boto3.client":
    """The bucket by another client than ours; the credentials are where ours looks for them."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "keydesk",
        "AWS_SECRET_ACCESS_KEY": "a secret",
        "AWS_REGION": "eu-south-2",
        "AWS_ENDPOINT_URL": server,
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=server, region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def files(bucket: "boto3.client") -> Files:
    """Our store, in that bucket."""
    assert bucket
    return Files(f"s3://{BUCKET}/documents")


def key_of(sha256: str) -> str:
    return f"documents/{sha256[:2]}/{sha256}"


async def test_bytes_come_back_from_under_their_hash(files: Files, bucket: "boto3.client") -> None:
    sha256 = await files.put(CONTENT)
    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert await files.get(sha256) == CONTENT
    assert bucket.get_object(Bucket=BUCKET, Key=key_of(sha256))["Body"].read() == CONTENT


async def test_nothing_is_ever_overwritten(files: Files, bucket: "boto3.client") -> None:
    sha256 = await files.put(CONTENT)
    stored = bucket.head_object(Bucket=BUCKET, Key=key_of(sha256))["LastModified"]
    assert await files.put(CONTENT) == sha256
    assert bucket.head_object(Bucket=BUCKET, Key=key_of(sha256))["LastModified"] == stored
    bucket.put_object(Bucket=BUCKET, Key=key_of(sha256), Body=b"something else")
    with pytest.raises(Damaged):
        await files.put(CONTENT)
    assert bucket.get_object(Bucket=BUCKET, Key=key_of(sha256))["Body"].read() == b"something else"
    bucket.delete_object(Bucket=BUCKET, Key=key_of(sha256))


async def test_what_was_changed_or_lost_is_noticed_when_read(files: Files, bucket: "boto3.client") -> None:
    sha256 = await files.put(b"to be changed")
    bucket.put_object(Bucket=BUCKET, Key=key_of(sha256), Body=b"to be changeD")
    with pytest.raises(Damaged, match="not what was stored"):
        await files.get(sha256)
    bucket.delete_object(Bucket=BUCKET, Key=key_of(sha256))
    with pytest.raises(Damaged, match="missing"):
        await files.get(sha256)


async def test_a_bucket_that_is_not_there_is_worth_another_try(bucket: "boto3.client") -> None:
    assert bucket
    with pytest.raises(OutOfReach):
        await Files("s3://nobodys-bucket/documents").put(CONTENT)
