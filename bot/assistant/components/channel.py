"""The assistant's only door: one question in, references to content out, on loopback.

Rasa's own REST channel answers 200 whatever went wrong and logs what people wrote. This one answers 5xx, logs the
kind of an error and where it arose, and never the text.
"""

import asyncio
import logging
import re
import traceback
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Text

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from components import remote_action
from components.turn import BARS

logger = logging.getLogger(__name__)

DEADLINE_SECONDS = 3.0
LONGEST_TEXT = 4096  # characters; what lies beyond changes no decision
EMPTY = "…"  # stands for a text with nothing in it, which the featurizers cannot take
_COMMAND = re.compile(r"^[\s/\u200b-\u200f\u2060\ufeff]+")
_TOPIC = re.compile(r"[a-z][a-z_]*\.[a-z0-9_]+\Z")
_EXPECTS = (None, "country", "delete", "language", "tier", "feedback")

Payload = Dict[Text, Any]
Handler = Callable[[UserMessage], Awaitable[Any]]


class Malformed(ValueError):
    """Say which part of a request is not as the contract has it; never quotes the request."""


class Replies(OutputChannel):
    """Collect the payloads of one turn."""

    def __init__(self) -> None:
        self.payloads: List[Payload] = []

    @classmethod
    def name(cls) -> Text:
        """Return the channel's name."""
        return "kite"

    async def send_custom_json(self, recipient_id: Text, json_message: Payload, **kwargs: Any) -> None:
        """Keep a payload; an offer of fewer than three topics loses its empty places."""
        offer = json_message.get("offer")
        self.payloads.append(json_message if offer is None else {"offer": [topic for topic in offer if topic]})

    async def send_text_message(self, recipient_id: Text, text: Text, **kwargs: Any) -> None:
        """Refuse prose: Kite says only what editors wrote."""
        raise RuntimeError("the assistant produced prose; every response must be a custom payload")


def neutralise(text: str) -> str:
    """Return `text` so that nothing in it can be read as one of Rasa's `/intent{...}` commands."""
    return _COMMAND.sub("", text)[:LONGEST_TEXT].strip() or EMPTY


def parse(body: Any) -> UserMessage:
    """Return the message of a request's JSON.

    Raise Malformed for anything outside the contract.
    """
    if not isinstance(body, dict):
        raise Malformed("the body must be a JSON object")
    sender, text, metadata = body.get("sender"), body.get("text"), body.get("metadata")
    if not isinstance(sender, str) or not sender:
        raise Malformed("sender must be a non-empty string")
    if not isinstance(text, str):
        raise Malformed("text must be a string")
    if not isinstance(metadata, dict):
        raise Malformed("metadata must be an object")
    check_metadata(metadata)
    return UserMessage(neutralise(text), Replies(), sender, input_channel=Replies.name(), metadata=metadata)


def check_metadata(metadata: Mapping[str, Any]) -> None:
    """Check the parts of the metadata that decisions rest on.

    Raise Malformed naming the part.
    """
    if metadata.get("decision") not in BARS:
        raise Malformed("metadata.decision must be answer, offer or none")
    if metadata.get("expects") not in _EXPECTS:
        raise Malformed("metadata.expects is not one of the contract's values")
    if not isinstance(metadata.get("misses", 0), int):
        raise Malformed("metadata.misses must be a number")
    hits = metadata.get("hits", [])
    if not isinstance(hits, list) or not all(map(_is_hit, hits)):
        raise Malformed("metadata.hits must be a list of topics with scores")


def _is_hit(hit: Any) -> bool:
    return isinstance(hit, dict) and isinstance(hit.get("topic"), str) and bool(_TOPIC.match(hit["topic"]))


async def answer(handle: Handler, message: UserMessage) -> HTTPResponse:
    """Run one turn; 200 with at least one payload, or 5xx with the kind of the failure."""
    try:
        await asyncio.wait_for(handle(message), DEADLINE_SECONDS)
    except asyncio.TimeoutError:
        return _failed("TimeOut", 504)
    except Exception as error:  # noqa: BLE001 -- whatever went wrong, the caller must see 5xx and the log no text
        where = traceback.extract_tb(error.__traceback__)[-1]
        return _failed(f"{type(error).__name__} at {where.name}:{where.lineno}", 500)
    payloads = message.output_channel.payloads
    return response.json({"replies": payloads}) if payloads else _failed("NoReply", 500)


def _failed(kind: str, status: int) -> HTTPResponse:
    logger.error("turn failed: %s", kind)
    return response.json({"error": kind.split(" ", 1)[0]}, status=status)


class KiteInput(InputChannel):
    """Serve `POST /webhooks/kite/webhook` and `GET /webhooks/kite/health`."""

    @classmethod
    def name(cls) -> Text:
        """Return the channel's name, which is also its path."""
        return Replies.name()

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "KiteInput":
        """Return the channel; Rasa calls this once, before it serves, so the lean action call goes in here."""
        remote_action.install()
        return cls()

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the two routes."""
        blueprint = Blueprint("kite")

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            ready = getattr(request.app.ctx, "agent", None) is not None and request.app.ctx.agent.is_ready()
            return response.json({"status": "ok" if ready else "loading"}, status=200 if ready else 503)

        @blueprint.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            try:
                message = parse(request.json)
            except Malformed as error:
                return response.json({"error": str(error)}, status=400)
            return await answer(on_new_message, message)

        return blueprint
