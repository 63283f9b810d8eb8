"""Measure a running assistant: what a message costs as a conversation grows, and how many it answers a second.

    bot/assistant/.venv/bin/python bot/assistant/tests/measure.py http://127.0.0.1:5005

The action server must run too for the last line.
"""

import asyncio
import statistics
import sys
import time
import uuid
from itertools import chain
from typing import Any, Dict, List

import aiohttp

HITS = [{"topic": "people.guardian", "score": 0.83}, {"topic": "people.lawyer", "score": 0.31}]
ANSWERED = {"hits": HITS, "decision": "answer", "language": "en", "tier": "middle", "misses": 0}
TOPIC = ("what is a guardian and how do I get one", ANSWERED)
COMMAND = ("I am 9 years old", {**ANSWERED, "hits": [], "decision": "none"})
CLIENTS = 8
MESSAGES = 480
AROUND = 10  # messages that a point of the growth curve is the median of


async def ask(session: aiohttp.ClientSession, url: str, sender: str, text: str, metadata: Dict[str, Any]) -> float:
    """Return the seconds one message took; raise aiohttp.ClientResponseError when it was not answered."""
    began = time.perf_counter()
    body = {"sender": sender, "text": text, "metadata": metadata}
    async with session.post(url, json=body, raise_for_status=True) as response:
        await response.read()
    return time.perf_counter() - began


async def growth(session: aiohttp.ClientSession, url: str) -> None:
    """Print the median milliseconds around messages 5, 50, 150 and 300 of one conversation."""
    sender = uuid.uuid4().hex
    took = [await ask(session, url, sender, *TOPIC) for _ in range(305)]
    for place in (5, 50, 150, 300):
        around = took[max(0, place - AROUND // 2) : place + AROUND // 2]
        print(f"message {place:3}: {statistics.median(around) * 1000:5.1f} ms")


async def throughput(session: aiohttp.ClientSession, url: str, name: str, text: str, metadata: Dict[str, Any]) -> None:
    """Print messages a second and latencies with CLIENTS conversations at once."""

    async def client() -> List[float]:
        sender = uuid.uuid4().hex
        return [await ask(session, url, sender, text, metadata) for _ in range(MESSAGES // CLIENTS)]

    began = time.perf_counter()
    took = sorted(chain.from_iterable(await asyncio.gather(*(client() for _ in range(CLIENTS)))))
    rate = len(took) / (time.perf_counter() - began)
    middle, late = took[len(took) // 2] * 1000, took[len(took) * 95 // 100] * 1000
    print(f"{name}: {rate:.0f} messages a second, median {middle:.0f} ms, 95% within {late:.0f} ms")


async def main(address: str) -> None:
    """Run both measurements."""
    url = f"{address.rstrip('/')}/webhooks/kite/webhook"
    async with aiohttp.ClientSession() as session:
        await growth(session, url)
        await throughput(session, url, "answers without an action", *TOPIC)
        await throughput(session, url, "turns with an action", *COMMAND)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
