"""Ask the search process for topics, within its deadline. Imports no model."""

import math
from typing import Any

import aiohttp

from bot.errors import SearchDown
from bot.model import Decision, Hit, Hits

DEADLINE_SECONDS = 1.0
HTTP_OK = 200


class SearchClient:
    """Search at `url` (its address without a path) over a session that the caller owns."""

    def __init__(self, session: aiohttp.ClientSession, url: str, *, deadline: float = DEADLINE_SECONDS) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._deadline = aiohttp.ClientTimeout(total=deadline)

    async def search(self, text: str, language: str) -> Hits:
        """Return up to five topics, best first, and what their confidence allows.

        Raise SearchDown when the process is unreachable, late, still loading, or answers anything malformed.
        """
        return parse(await self._post({"text": text, "language": language}))

    async def _post(self, body: dict[str, str]) -> object:
        """Return the decoded JSON of a 200; the error never carries what was sent or answered."""
        try:
            async with self._session.post(f"{self._url}/search", json=body, timeout=self._deadline) as response:
                if response.status != HTTP_OK:
                    raise SearchDown(f"The search answered {response.status}.")
                decoded: object = await response.json(content_type=None)
                return decoded
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise SearchDown(f"The search is down ({type(error).__name__}).") from None


def parse(data: object) -> Hits:
    """Return the hits that `data` (decoded JSON) stands for; raise SearchDown for anything else."""
    try:
        return _parse(data)
    except (KeyError, TypeError, ValueError) as error:
        raise SearchDown(f"The search answered something malformed ({type(error).__name__}).") from None


def _parse(data: Any) -> Hits:  # noqa: ANN401 (what came over the network has any form)
    return Hits(tuple(_hit(one) for one in data["hits"]), Decision(data["decision"]))


def _hit(data: Any) -> Hit:  # noqa: ANN401
    topic, score = data["topic"], float(data["score"])
    if not isinstance(topic, str) or not topic or not math.isfinite(score):
        raise ValueError("a hit needs a topic and a score")
    return Hit(topic, score)
