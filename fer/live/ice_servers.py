"""ICE servers (STUN, TURN): how browser and server find one another across networks, read from a setting.

On the workshop's own computer none is needed, and none is asked. Through the internet a STUN server tells
each side its address, and where firewalls let nothing through, a TURN server passes the video on.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from fer.errors import ConfigError

ENVIRONMENT = "FER_ICE_SERVERS"
EXAMPLE = '[{"urls": "turn:turn.example.org:3478", "username": "fer", "credential": "…"}]'
_SCHEMES = ("stun:", "stuns:", "turn:", "turns:")
_FIELDS = {"urls", "username", "credential"}


def parse_ice_servers(text: str) -> list[dict[str, Any]]:
    """Return the servers that a setting names, as WebRTC takes them; none for an empty text.

    Args:
        text: a JSON list, as `EXAMPLE`.

    Raises:
        ConfigError: it is no such list, or a server is none that WebRTC knows.
    """
    if not text.strip():
        return []
    try:
        servers = json.loads(text)
    except ValueError as error:
        raise ConfigError(
            f"The setting {ENVIRONMENT} is not JSON ({error}). Write it like {EXAMPLE}."
        ) from error
    if not isinstance(servers, list):
        raise ConfigError(f"The setting {ENVIRONMENT} must be a list of servers. Write it like {EXAMPLE}.")
    return [_checked(server) for server in servers]


def has_turn(servers: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one of them passes video on where nothing else gets through."""
    return any(url.startswith(("turn:", "turns:")) for server in servers for url in _urls(server))


def _checked(server: object) -> dict[str, Any]:
    if not isinstance(server, dict) or not set(server) <= _FIELDS or "urls" not in server:
        raise ConfigError(
            f"A server in {ENVIRONMENT} has “urls” and, for TURN, “username” and “credential”; received "
            f"{json.dumps(server)[:80]}. Write it like {EXAMPLE}."
        )
    urls = _urls(server)
    if not urls or not all(isinstance(url, str) and url.startswith(_SCHEMES) for url in urls):
        raise ConfigError(
            f"The address of a server in {ENVIRONMENT} begins with {', '.join(_SCHEMES)}; received "
            f"{json.dumps(server['urls'])[:80]}. Write it like {EXAMPLE}."
        )
    if has_turn([server]) and not (server.get("username") and server.get("credential")):
        raise ConfigError(
            f"The TURN server {urls[0]} in {ENVIRONMENT} needs a “username” and a “credential”, or it passes "
            "nothing on. Write both beside its address."
        )
    return server


def _urls(server: Mapping[str, Any]) -> list[str]:
    urls = server["urls"]
    return [urls] if isinstance(urls, str) else list(urls) if isinstance(urls, list) else []
