"""Settings for a command that acts on the desk of this machine, such as `keydesk token`.

The embedded desk chooses its ports and makes its secrets, so a shell beside it knows neither. They come from
the desk that runs in the home folder, unless the environment names a database: then it describes another
desk, and it alone counts.
"""

import secrets
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from settings import Settings
from workers.embedded.home import Home


def bare_settings(**named: Any) -> Settings:
    """The environment's settings and these, for a launcher that makes its own secrets: random ones stand in."""
    return Settings(token_secret=SecretStr(secrets.token_urlsafe(32)), demo=True, **named)


def settings_beside(folder: Path | None = None) -> Settings:
    """Settings of the desk in this folder, or in `KEYDESK_HOME`. Raises `ValidationError` as `Settings`."""
    named: dict[str, Any] = {} if folder is None else {"home": folder}
    told = bare_settings(**named)
    home = Home(told.home)
    desk = home.running()
    if desk is None or "database_url" in told.model_fields_set:
        return Settings(**named)
    of_desk = {
        "database_url": desk["database"],
        "temporal_address": desk["temporal"],
        "smtp_url": desk["smtp"],
        "base_url": desk["api"],
    }
    if keys := home.payload_keys():
        of_desk["payload_keys"] = keys
    elif "payload_keys" not in told.model_fields_set:
        named["demo"] = True  # only the demo goes without keys
    open_ones = {name: value for name, value in of_desk.items() if name not in told.model_fields_set}
    return Settings(**named, **open_ones, token_secret=SecretStr(home.secrets().token_secret))
