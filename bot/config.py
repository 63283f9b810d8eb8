"""Kite's settings: read once from the environment and `.env` into one frozen object.

Every setting is documented in `.env.example` and `docs/settings.md`; a test fails when one is missing there.
"""

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError

_SITE = re.compile(r"https?://[A-Za-z0-9.*-]+(:\d+)?")


class Settings(BaseSettings):
    """Hold what a deployment decides. Names in the environment are these with the prefix `KITE_`."""

    model_config = SettingsConfigDict(env_prefix="KITE_", env_file=".env", frozen=True, extra="ignore")

    database_url: str = Field("", description="postgresql://… ; empty: SQLite under the data folder")
    redis_url: str = Field("", description="redis://… for the assistant's tracker and locks; empty: in memory")
    secret_key: str = Field(
        "",
        description="master keys of the encryption at rest, newest first, with commas between; see `kite doctor`",
    )
    public_url: str = Field("http://127.0.0.1:8080", description="the address people reach the gateway at")
    embed_sites: str = Field(
        "",
        description="sites that may show the chat inside their pages: https://a.org https://b.org, or *; empty: none",
    )
    console_url: str = Field("http://127.0.0.1:8081", description="the address staff reach the console at")
    country: str = Field("", description="ISO code of the country this deployment serves; empty: unknown")
    show_drafts: bool = Field(False, description="show texts nobody has approved, with a note; for demos only")
    embedding_model: str = Field("", description="name or path of a sentence-transformers model; empty: Kite's own")
    telegram_token: str = Field("", description="the bot's token from BotFather; empty: no Telegram")
    telegram_secret: str = Field("", description="secret token that Telegram sends with every webhook call")
    telegram_api: str = Field("https://api.telegram.org", description="base URL of the Bot API")
    telegram_mode: Literal["webhook", "polling"] = Field("webhook", description="webhook, or polling for a laptop")
    whatsapp_token: str = Field("", description="access token of the Cloud API; empty: no WhatsApp")
    whatsapp_phone_id: str = Field("", description="the phone number id that sends")
    whatsapp_app_secret: str = Field("", description="app secret that signs Meta's webhooks")
    whatsapp_verify_token: str = Field("", description="token of the subscribe check")
    whatsapp_api: str = Field("https://graph.facebook.com/v23.0", description="base URL of the Graph API")
    whatsapp_template: str = Field(
        "",
        description="approved template that asks a person to write again, and its languages: name:en,ar; empty: none",
    )
    whatsapp_pair_seconds: float = Field(6.0, ge=0, description="seconds between two messages to one person")
    sms_api: str = Field("", description="base URL of an SMS gateway as sms-gate.app documents it; empty: no SMS")
    sms_user: str = Field("", description="user of the SMS gateway")
    sms_password: str = Field("", description="password of the SMS gateway")
    sms_key: str = Field("", description="key that signs the SMS gateway's webhooks")
    messenger_token: str = Field("", description="access token of the page; empty: no Messenger")
    messenger_app_secret: str = Field("", description="app secret that signs Messenger's webhooks")
    messenger_verify_token: str = Field("", description="token of the subscribe check")
    messenger_api: str = Field("https://graph.facebook.com/v23.0", description="base URL of the Graph API")
    data_dir: Path = Field(Path("var"), description="folder for the database, models and logs")
    models: Path | None = Field(None, description="folder of trained models; empty: models/ in the data folder")
    content_dir: Path = Field(Path("content"), description="folder of the content")
    translations_dir: Path = Field(Path("translations"), description="folder of the translations")
    quiet_seconds: float = Field(
        1.0, ge=0, description="seconds a person who types must pause before they are answered, all messages together"
    )
    case_days: int = Field(180, ge=1, description="days that the text of a closed case is kept")
    target_now: int = Field(5, ge=1, description="minutes to the first human reply, urgency now, at any hour")
    target_today: int = Field(60, ge=1, description="minutes to the first human reply, urgency today")
    target_soon: int = Field(1440, ge=1, description="minutes to the first human reply, urgency soon")
    opening_hours: str = Field("", description="hours that today and soon are counted in; empty: all hours")
    time_zone: str = Field("UTC", description="zone of the opening hours and of the console's second clock")
    case_cap: int = Field(0, ge=0, description="open cases one person may hold; 0: no limit")
    undo_seconds: int = Field(5, ge=0, le=30, description="seconds in which a caseworker can take a reply back")
    smtp_url: str = Field("", description="mail server: smtp://, smtp+starttls:// or smtps://user:password@host:port")
    smtp_from: str = Field("kite@localhost", description="sender of the alerts")
    alert_email: str = Field("", description="who gets every alert by e-mail, commas between")
    alert_late_email: str = Field("", description="who besides gets alerts of late cases: supervisors")
    alert_lead_email: str = Field("", description="who besides gets alerts of concerns about helpers: the lead")
    alert_telegram_token: str = Field("", description="token of a bot of its own for the staff group")
    alert_telegram_chat: str = Field("", description="the chat id of the staff group")
    alert_webhook: str = Field("", description="URL that every alert is posted to")
    alert_webhook_secret: str = Field("", description="key of the signature of posted alerts")
    own_children: bool = Field(True, description="start assistant, search and actions; false where others run them")
    host: str = Field("127.0.0.1", description="address the gateway and the console listen on")
    gateway_port: int = Field(8080, description="port of the gateway and web chat")
    console_port: int = Field(8081, description="port of the console")
    assistant_port: int = Field(5005, description="loopback port of the assistant")
    actions_port: int = Field(5055, description="loopback port of the action server")
    search_port: int = Field(5065, description="loopback port of the search process")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")

    @field_validator("country")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.strip().lower()

    @field_validator("embed_sites")
    @classmethod
    def _sites(cls, value: str) -> str:
        sites = value.split()
        if not all(site == "*" or _SITE.fullmatch(site) for site in sites):
            raise ValueError("must be sites such as https://example.org with spaces between, or *")
        return " ".join(sites)

    @property
    def sqlite_path(self) -> Path:
        """Return where the SQLite store lies when no database URL is set."""
        return self.data_dir / "kite.sqlite3"

    @property
    def model_dir(self) -> Path:
        """Return where trained models lie."""
        return self.models or self.data_dir / "models"


def load_settings(**overrides: object) -> Settings:
    """Read the settings, with `overrides` on top.

    Raise ConfigError naming the first wrong setting and what was expected.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "KITE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigError(f"{name}: {first['msg']} (got {first.get('input')!r}); see .env.example") from error
