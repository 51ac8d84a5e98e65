"""The packaged provider, with the one thing that it leaves out: its tokens name their key, as those of others do.

`python -m tests.cluster.issuing --port 9400`
"""

from typing import Any
from unittest.mock import patch

from oidc_provider_mock import __main__ as packaged  # type: ignore[import-untyped]
from oidc_provider_mock import _app


def header(_: object, __: object) -> dict[str, Any]:
    """The header of every token; the key's name is that of the published set."""
    return {"alg": "RS256", "kid": _app.storage.jwk.thumbprint()}


if __name__ == "__main__":
    with patch.object(_app.OpenIDCode, "get_encode_header", header):
        packaged.run()
