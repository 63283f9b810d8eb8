"""What Meta's webhooks have in common: the signature, the subscription check, and JSON one may not trust."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.errors import Refused

SIGNATURE = "X-Hub-Signature-256"


def check_signature(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    """Raise Refused unless the raw body is signed with the app secret."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    given = headers.get(SIGNATURE, "")
    if not secret or not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise Refused("The signature does not fit the body.", status=401)


def challenge(query: Mapping[str, str], verify_token: str) -> str:
    """Return Meta's challenge; raise Refused when the verify token is not ours."""
    token = query.get("hub.verify_token", "")
    right = hmac.compare_digest(token.encode(), verify_token.encode()) and bool(verify_token)
    if query.get("hub.mode") != "subscribe" or not right:
        raise Refused("The verify token is not right.")
    return query.get("hub.challenge", "")


def loaded(body: bytes, kind: str) -> dict[str, Any]:
    """Return the object of a webhook body; raise Refused (400) for what is not JSON in UTF-8 of this kind."""
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("The body is not JSON in UTF-8.", status=400) from error
    if not isinstance(data, dict) or data.get("object") != kind:
        raise Refused("The body is not a webhook of this channel.", status=400)
    return data


def dicts(value: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, leaving out whatever else may stand there."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def as_dict(value: object) -> dict[str, Any]:
    """Return an object as it is, and nothing for anything else."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """Return text that can be stored: half of a character, which JSON can carry, becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode() if isinstance(value, str | int | float) else ""
