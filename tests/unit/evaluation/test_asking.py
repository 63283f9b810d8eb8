"""Starting search and assistant for an evaluation, and asking them as the worker does."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Settings, load_settings
from bot.dialogue.client import Question
from bot.dialogue.payloads import ContentPayload, Payload
from bot.errors import AssistantDown, ConfigError, SearchDown
from bot.evaluation import asking, running
from bot.evaluation.asking import Understanding, understanding
from bot.evaluation.judging import Judged
from bot.evaluation.lines import Line
from bot.model import Decision, Finding, Hit, Hits, Memory, Tier, Urgency
from bot.processes import Command

LINE = Line("questions.fa.jsonl:1", "fa", "قیم کیست", {"topic": "people.guardian"})
HITS = Hits((Hit("people.guardian", 0.9),), Decision.ANSWER)
# answers health, search and the assistant's door, each on the port that comes first on its command line
STAND_IN = """
import http.server, json, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.say({"status": "ok"})
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        hit = {"topic": "people.guardian", "score": 0.9}
        self.say({"hits": [hit], "decision": "answer", "replies": [{"content": "people.guardian"}]})
    def say(self, body):
        data = json.dumps(body).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(data))); self.end_headers()
        self.wfile.write(data)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class Search:
    """A search that fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.asked: list[tuple[str, str]] = []

    async def search(self, text: str, language: str) -> Hits:
        self.asked.append((text, language))
        if len(self.asked) <= self.failures:
            raise SearchDown("slow")
        return HITS


class Assistant:
    """An assistant that answers with the first hit."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> tuple[Payload, ...]:
        self.asked.append(question)
        return (ContentPayload(question.hits[0].topic),)


class Down:
    """An assistant that is down."""

    async def ask(self, _question: Question) -> tuple[Payload, ...]:
        raise AssistantDown("down")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once."""
    monkeypatch.setattr(asking, "REST_SECONDS", 0.0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(_env_file=None, data_dir=tmp_path, redis_url="redis://somewhere-else")


async def test_a_line_is_asked_as_the_worker_asks_a_first_message() -> None:
    """Its language is the person's choice, the tier is `middle`, and nothing was said before."""
    search, assistant = Search(), Assistant()
    assert await Understanding(search, assistant).topics(LINE, 7) == ("people.guardian", ())
    assert search.asked == [(LINE.text, "fa")]
    expected = Question(
        sender="evaluation-7", text=LINE.text, hits=HITS.hits, decision=Decision.ANSWER, language="fa", tier=Tier.MIDDLE
    )
    assert assistant.asked == [expected]


async def test_a_busy_machine_is_no_mistake_of_understanding() -> None:
    """What is slow is asked again."""
    search = Search(failures=2)
    assert await Understanding(search, Assistant()).topics(LINE, 1) == ("people.guardian", ())
    assert len(search.asked) == 3


async def test_what_stays_down_is_told() -> None:
    """Figures of a system that is down would be no figures."""
    with pytest.raises(AssistantDown):
        await Understanding(Search(), Down()).topics(LINE, 1)


def stand_ins(code: str) -> Callable[[Settings, Path], tuple[Command, ...]]:
    """Return children that run `code` with their port, and note the settings they are started with."""

    def children(settings: Settings, _root: Path) -> tuple[Command, ...]:
        assert settings.redis_url == ""
        ports = {"search": settings.search_port, "actions": settings.actions_port, "assistant": settings.assistant_port}
        assert len(set(ports.values())) == 3
        return tuple(Command(name, [sys.executable, "-c", code, str(port)]) for name, port in ports.items())

    return children


async def test_children_are_started_asked_and_stopped(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each on a port of its own; afterwards none runs."""
    monkeypatch.setattr(asking, "children", stand_ins(STAND_IN))
    started = []
    begin = asking.start

    async def start(command: Command, log_dir: Path) -> object:
        process = await begin(command, log_dir)
        started.append(process)
        return process

    monkeypatch.setattr(asking, "start", start)
    async with understanding(settings, Path.cwd()) as asked:
        assert await asked.topics(LINE, 1) == ("people.guardian", ())
    assert len(started) == 3
    assert all(process.returncode is not None for process in started)


async def test_a_child_that_ends_is_named_with_its_log(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for minutes for what has died."""
    monkeypatch.setattr(asking, "children", stand_ins("import sys; sys.exit(3)"))
    with pytest.raises(ConfigError, match=r"ended \(exit code 3\): see .*\.log"):
        async with understanding(settings, Path.cwd()):
            raise AssertionError


async def test_children_that_never_wake_are_given_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the error says where to look."""
    monkeypatch.setattr(asking, "children", stand_ins("import time; time.sleep(60)"))
    monkeypatch.setattr(asking, "WAKE_SECONDS", 0.3)
    with pytest.raises(ConfigError, match="not ready"):
        async with understanding(settings, Path.cwd()):
            raise AssertionError


class Screen:
    """A screen that finds what a text says."""

    degraded: str | None = None

    def screen(self, text: str, _language: str, memory: Memory, *, now: object) -> tuple[Finding | None, Memory]:
        codes = {"harm": ("violence",), "person": ("asked_for_person",)}
        found = codes.get(text)
        return (Finding(concerns=found, urgency=Urgency.TODAY) if found else None), memory


async def test_questions_go_through_screen_search_and_assistant(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wish for a person is answered by the screen; an alarm goes on to search, and is counted."""
    monkeypatch.setattr(asking, "children", stand_ins(STAND_IN))
    monkeypatch.setattr(running, "load_screen", lambda _settings: Screen())
    topics = {"who": "people.guardian", "harm": "people.lawyer", "person": "help.talk_to_person"}
    lines = [Line("a:1", "en", text, {"topic": topic}) for text, topic in topics.items()]
    steps: list[int] = []
    judged: list[Judged] = await running.judge_questions(lines, settings, Path.cwd(), lambda: steps.append(1))
    marks = [{name for name, count in one.marks.items() if count and name != "n"} for one in judged]
    assert marks == [{"right"}, {"wrong", "alarmed"}, {"right"}]
    assert len(steps) == 3


def test_disclosures_and_harmless_lines_need_the_screen_alone(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is on its own: nothing is remembered from the one before."""
    monkeypatch.setattr(running, "load_screen", lambda _settings: Screen())
    harm = Line("a:1", "en", "harm", {"concerns": ["violence"], "urgency": "today"})
    (found,) = running.judge_screen("disclosures", [harm], settings, lambda: None)
    assert found.marks == {"n": 1, "found": 1, "concern_right": 1, "urgency_ok": 1}
    (alarm,) = running.judge_screen("safe", [Line("a:1", "en", "harm", {"kind": "film"})], settings, lambda: None)
    assert alarm.marks["alarms"] == 1


def test_half_a_screen_is_not_measured(settings: Settings) -> None:
    """Without its classifier the screen's figures would mislead."""
    with pytest.raises(ConfigError, match="kite train safety"):
        running.load_screen(settings.model_copy(update={"models": settings.data_dir / "nowhere"}))


def test_languages_are_guessed_by_the_trained_guesser(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guess does not know the file's language."""
    monkeypatch.setattr(running.languages, "load", lambda _path: None)
    line = Line("language.ar.jsonl:1", "ar", "أين أستطيع أن أسأل عن حقوقي في هذا البلد", {"language": "ar"})
    (judged,) = running.judge_language([line], settings, lambda: None)
    assert judged.marks == {"n": 1, "right": 1}


def test_an_untrained_guesser_is_not_measured(settings: Settings) -> None:
    """The remedy is in the message."""
    with pytest.raises(ConfigError, match="kite train language"):
        running.judge_language([], settings, lambda: None)
