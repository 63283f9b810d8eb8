"""Logs cannot carry words, names or addresses."""

import json
import logging

import pytest
import structlog

from bot import logs

SECRETS = ["my uncle hurts me", "Amina Rahimi", "+49 151 0000 0001", "4915100000001", "سلام", "wamid.HBgL 123"]


@pytest.fixture(autouse=True)
def _set_up(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("debug")


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_any_field_is_not_written(secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever field somebody puts words into, they do not reach the log."""
    structlog.get_logger("t").warning("something_happened", text=secret, reason=secret, name=secret, who={"a": secret})
    structlog.get_logger("t").warning(secret)
    written = capsys.readouterr().err
    assert secret not in written
    assert "redacted" in written or "unnamed_event" in written


def test_codes_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Codes, counts and ids pass."""
    structlog.get_logger("t").info("case_alert", case=7, urgency="now", conversation="ab" * 16)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["case"], line["conversation"]) == ("case_alert", 7, "ab" * 16)


def test_what_libraries_say_is_reduced_to_where_they_said_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's message could quote a person."""
    logging.getLogger("aiohttp.server").error("could not handle %s", "my uncle hurts me")
    written = capsys.readouterr().err
    assert "uncle" not in written
    assert "library_message" in written
