"""Ask the search process; imports neither torch nor sentence-transformers."""

from typing import Any

import aiohttp

from bot.errors import SearchDown
from bot.model import Decision, Hit, Hits

DEADLINE = aiohttp.ClientTimeout(total=1.0)
OK = 200


class SearchClient:
    """Find topics through the search process at `url`, over a session that the caller owns."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url.rstrip("/")

    async def search(self, text: str, language: str) -> Hits:
        """Return up to five hits and what their confidence allows.

        Raise SearchDown when the process is unreachable, late, or answers anything but well-formed hits.
        """
        try:
            body = {"text": text, "language": language}
            async with self._session.post(f"{self._url}/search", json=body, timeout=DEADLINE) as response:
                if response.status != OK:
                    raise SearchDown(f"The search process answered {response.status}.")
                return parse(await response.json())
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise SearchDown(f"The search process is down ({type(error).__name__}).") from None


def parse(data: Any) -> Hits:  # noqa: ANN401 (decoded JSON)
    """Return the hits of an answer; raise ValueError, KeyError or TypeError when it is malformed."""
    hits = tuple(Hit(str(hit["topic"]), float(hit["score"])) for hit in data["hits"])
    return Hits(hits, Decision(data["decision"]))
