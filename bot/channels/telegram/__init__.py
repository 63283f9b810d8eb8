"""Telegram over the Bot API, with python-telegram-bot."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # RetryAfter.retry_after as a timedelta, which the library asks for
