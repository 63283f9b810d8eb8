"""Ask the assistant one question, within its deadline."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.dialogue.payloads import Payload, parse
from bot.errors import AssistantDown
from bot.model import Decision, Hit, Tier

DEADLINE_SECONDS = 3.0
HTTP_OK = 200


@dataclass(frozen=True, kw_only=True)
class Question:
    """One message of a person with what the worker knows about the turn.

    `sender` is the conversation's id; `step` is None outside a walk; `misses` counts the turns in a row that were not
    understood before this one; `expects` names what Kite asked last (country, delete, language, tier, feedback).
    """

    sender: str
    text: str
    hits: tuple[Hit, ...] = ()
    decision: Decision = Decision.NONE
    language: str = "en"
    tier: Tier = Tier.MIDDLE
    topic: str | None = None
    step: str | None = None
    misses: int = 0
    expects: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the request's JSON."""
        metadata = {
            "hits": [{"topic": hit.topic, "score": hit.score} for hit in self.hits],
            "decision": self.decision.value,
            "language": self.language,
            "tier": self.tier.value,
            "topic": self.topic,
            "step": self.step,
            "misses": self.misses,
            "expects": self.expects,
        }
        return {"sender": self.sender, "text": self.text, "metadata": metadata}


class AssistantClient:
    """Talk to the assistant at `url` (its address without a path) over a session that the caller owns."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, deadline: float = DEADLINE_SECONDS) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._deadline = aiohttp.ClientTimeout(total=deadline)

    async def ask(self, question: Question) -> tuple[Payload, ...]:
        """Return the assistant's payloads, at least one.

        Raise AssistantDown when it is unreachable, late, fails, or answers nothing or something malformed.
        """
        answer = await self._post("/webhooks/kite/webhook", question.body())
        replies = answer.get("replies") if isinstance(answer, dict) else None
        if not isinstance(replies, list) or not replies:
            raise AssistantDown("The assistant answered nothing.")
        return tuple(map(parse, replies))

    async def ready(self) -> bool:
        """Tell whether the assistant has its model loaded and answers."""
        try:
            async with self._session.get(f"{self._url}/webhooks/kite/health", timeout=self._deadline) as response:
                return response.status == HTTP_OK
        except (TimeoutError, aiohttp.ClientError):
            return False

    async def _post(self, path: str, body: dict[str, Any]) -> object:
        """Return the decoded JSON of a 200.

        Raise AssistantDown otherwise; the error never carries what was sent or answered.
        """
        try:
            async with self._session.post(self._url + path, json=body, timeout=self._deadline) as response:
                if response.status != HTTP_OK:
                    raise AssistantDown(f"The assistant answered {response.status}.")
                decoded: object = await response.json(content_type=None)
                return decoded
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise AssistantDown(f"The assistant is down ({type(error).__name__}).") from None
