"""What an administrator decides about a server: from the environment, then from the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ilink_runtime import addresses, bundle
from ilink_runtime.addresses import Host

DEFAULT_DATABASE = "sqlite:///ilink.sqlite3"
MEBIBYTE = 1024 * 1024
SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server."""

    database: str = DEFAULT_DATABASE
    standard: Path = bundle.DEFAULT
    secure_cookies: bool = False  # also over http: the proxy in front speaks https
    demo: bool = False
    max_body: int = MEBIBYTE
    max_file: int = 10 * MEBIBYTE
    max_streams: int = 200
    webhook_hosts: tuple[Host, ...] = ()  # the only ones that the server ever calls
    webhook_key: str = field(default="", repr=False)  # makes the secrets that calls are signed with
    webhook_days: int = 3  # so long a call is tried again


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads `ILINK_DATABASE`, `ILINK_STANDARD` and the rest of what docs/operate.md lists.

    ValueError names the variable that cannot be read.
    """
    settings = Settings()
    if database := environment.get("ILINK_DATABASE"):
        settings = replace(settings, database=database)
    if standard := environment.get("ILINK_STANDARD"):
        settings = replace(settings, standard=Path(standard))
    return replace(
        settings,
        secure_cookies=_flag(environment, "ILINK_SECURE_COOKIES"),
        max_body=_count(environment, "ILINK_MAX_BODY", settings.max_body),
        max_file=_count(environment, "ILINK_MAX_FILE", settings.max_file),
        max_streams=_count(environment, "ILINK_MAX_STREAMS", settings.max_streams),
        webhook_hosts=_hosts(environment, "ILINK_WEBHOOK_HOSTS"),
        webhook_key=_key(environment, "ILINK_WEBHOOK_KEY"),
        webhook_days=_count(environment, "ILINK_WEBHOOK_DAYS", settings.webhook_days),
    )


def _flag(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "0").strip()
    if text not in ("", "0", "1"):
        raise ValueError(f"{name} must be 0 or 1, not {text!r}.")
    return text == "1"


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError(f"{name} must be a whole number above 0, not {text!r}.")
    return int(text) if text else default


def _hosts(environment: Mapping[str, str], name: str) -> tuple[Host, ...]:
    try:
        return addresses.hosts(environment.get(name, ""))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _key(environment: Mapping[str, str], name: str) -> str:
    key = environment.get(name, "").strip()
    if 0 < len(key) < SHORTEST_KEY:
        raise ValueError(f"{name} must have at least {SHORTEST_KEY} characters.")
    return key
