"""What each documented error code of the Cloud API asks of us.

*retry* waits and sends again; *give up* ends the message, and where a caseworker wrote it they are told; *window* needs
an approved template; *alarm* is ours to mend (token, payment, account,
a fault in what we send): the operators are told at once, and the message is tried again where mending it can help.
Source: the Cloud API's error reference.
"""

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a code asks for."""

    RETRY = "retry"
    GIVE_UP = "give_up"
    WINDOW = "window"
    ALARM = "alarm"


@dataclass(frozen=True)
class Meaning:
    """What a code means: `name` is what caseworkers and logs read; `seconds` to wait before another try, 0: none."""

    act: Act
    name: str
    seconds: float = 0.0


PAIR_SECONDS = 6.0
MEANINGS: dict[int, Meaning] = {
    # authorisation: nothing leaves until somebody mends it, and then everything may
    0: Meaning(Act.ALARM, "token_refused", 60.0),
    3: Meaning(Act.ALARM, "permission_missing", 60.0),
    10: Meaning(Act.ALARM, "permission_missing", 60.0),
    190: Meaning(Act.ALARM, "token_expired", 60.0),
    # slower
    4: Meaning(Act.RETRY, "rate", 60.0),
    80007: Meaning(Act.RETRY, "rate", 60.0),
    130429: Meaning(Act.RETRY, "rate", 5.0),
    131048: Meaning(Act.ALARM, "spam_rate", 300.0),
    131056: Meaning(Act.RETRY, "pair_rate", PAIR_SECONDS),
    133016: Meaning(Act.RETRY, "register_rate", 60.0),
    # passing faults of the far side
    1: Meaning(Act.RETRY, "unknown", 10.0),
    2: Meaning(Act.RETRY, "service_down", 10.0),
    131000: Meaning(Act.RETRY, "unknown", 10.0),
    131016: Meaning(Act.RETRY, "service_down", 30.0),
    131057: Meaning(Act.RETRY, "maintenance", 60.0),
    132068: Meaning(Act.RETRY, "flow_blocked", 60.0),
    133004: Meaning(Act.RETRY, "service_down", 30.0),
    # this person
    131021: Meaning(Act.GIVE_UP, "same_number"),
    131026: Meaning(Act.GIVE_UP, "undeliverable"),
    131030: Meaning(Act.GIVE_UP, "not_allowed"),
    131049: Meaning(Act.GIVE_UP, "held_back_by_meta"),
    131050: Meaning(Act.GIVE_UP, "marketing_stopped"),
    131047: Meaning(Act.WINDOW, "window_closed"),
    130472: Meaning(Act.GIVE_UP, "experiment"),
    130497: Meaning(Act.ALARM, "country_not_allowed"),
    131060: Meaning(Act.GIVE_UP, "not_available"),
    131062: Meaning(Act.GIVE_UP, "user_id_not_accepted"),
    # what we sent
    33: Meaning(Act.ALARM, "number_gone"),
    100: Meaning(Act.ALARM, "invalid_message"),
    131005: Meaning(Act.ALARM, "permission_missing", 60.0),
    131008: Meaning(Act.ALARM, "invalid_message"),
    131009: Meaning(Act.ALARM, "invalid_message"),
    131051: Meaning(Act.ALARM, "unsupported"),
    131052: Meaning(Act.GIVE_UP, "media_not_downloaded"),
    131053: Meaning(Act.GIVE_UP, "media_not_uploaded"),
    135000: Meaning(Act.ALARM, "invalid_message"),
    # templates
    132000: Meaning(Act.ALARM, "template_parameters"),
    132001: Meaning(Act.ALARM, "template_missing"),
    132005: Meaning(Act.ALARM, "template_too_long"),
    132007: Meaning(Act.ALARM, "template_policy"),
    132012: Meaning(Act.ALARM, "template_parameters"),
    132015: Meaning(Act.ALARM, "template_paused"),
    132016: Meaning(Act.ALARM, "template_disabled"),
    132069: Meaning(Act.ALARM, "flow_throttled"),
    # the account and its number
    368: Meaning(Act.ALARM, "blocked_by_meta", 600.0),
    131031: Meaning(Act.ALARM, "account_locked", 600.0),
    131037: Meaning(Act.ALARM, "display_name", 600.0),
    131042: Meaning(Act.ALARM, "payment", 600.0),
    131045: Meaning(Act.ALARM, "certificate", 600.0),
    133000: Meaning(Act.ALARM, "not_registered", 600.0),
    133005: Meaning(Act.ALARM, "wrong_pin"),
    133006: Meaning(Act.ALARM, "not_verified", 600.0),
    133008: Meaning(Act.ALARM, "wrong_pin"),
    133009: Meaning(Act.ALARM, "wrong_pin"),
    133010: Meaning(Act.ALARM, "not_registered", 600.0),
    133015: Meaning(Act.ALARM, "number_deleted"),
    134011: Meaning(Act.ALARM, "payment_terms", 600.0),
}
PERMISSIONS = range(200, 300)
"""Codes of missing permissions."""
_UNKNOWN = Meaning(Act.GIVE_UP, "")


def meaning(code: object) -> Meaning:
    """Return what a code asks for; one that nobody documented ends the message under its own number."""
    number = int(code) if isinstance(code, int) or (isinstance(code, str) and code.isdecimal()) else -1
    if number in PERMISSIONS:
        return Meaning(Act.ALARM, "permission_missing", 60.0)
    return MEANINGS.get(number, _UNKNOWN)


def name(code: object) -> str:
    """Return the name of a code as caseworkers read it, or its number."""
    return meaning(code).name or str(code)[:16]
