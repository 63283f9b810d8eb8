"""Telegram over the Bot API, with python-telegram-bot."""
