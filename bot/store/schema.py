"""The tables. Bodies (`body`) are ciphertext under the conversation's data key; hashes are keyed.

`cases`, `case_event` and `finding` hold codes, numbers and times in the clear, never words of a person.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(32)

secret = Table(
    "secret",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", Integer, nullable=False),
)

conversation = Table(
    "conversation",
    metadata,
    Column("id", ID, primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("endpoint", String(64), nullable=False),
    Column("key_wrapped", LargeBinary),  # NULL once the person is deleted: every body is unreadable from then on
    Column("language", String(16), nullable=False, server_default="en"),
    Column("language_chosen", Boolean, nullable=False, server_default=text("false")),
    Column("tier", String(8), nullable=False, server_default="middle"),
    Column("tier_chosen", Boolean, nullable=False, server_default=text("false")),
    Column("country", String(2)),
    Column("topic", String(64)),
    Column("step", String(64)),
    Column("walk", String(128)),
    Column("expects", String(16)),
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("held_by", ID),
    Column("greeted", Boolean, nullable=False, server_default=text("false")),
    Column("draft_noted", JSON, nullable=False),
    Column("touched", Boolean, nullable=False, server_default=text("false")),
    Column("memory", JSON, nullable=False),
    Column("next_inbound", Integer, nullable=False, server_default="1"),
    Column("next_outbound", Integer, nullable=False, server_default="1"),
    Column("lease_until", UtcDateTime),
    Column("fencing", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_inbound_at", UtcDateTime),
    Column("blocked_at", UtcDateTime),
    Column("erase_requested_at", UtcDateTime, index=True),
    Index("ix_conversation_last_inbound_at", "last_inbound_at"),
)

address = Table(
    "address",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("endpoint", String(64), nullable=False),
    Column("kind", String(16), nullable=False, server_default="primary"),
    Column("hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("channel", "endpoint", "hash"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversation.id"), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("endpoint", String(64), nullable=False),
    Column("external_hash", String(64), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("body", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("screened_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("case_id", ID),
    UniqueConstraint("channel", "endpoint", "external_hash"),
    UniqueConstraint("conversation_id", "sequence"),
    CheckConstraint("state IN ('received', 'screened', 'done')", name="state"),
    Index("ix_inbox_open", "state", "received_at"),
    Index("ix_inbox_screened", "state", "screened_at"),
    Index("ix_inbox_case_id", "case_id"),
)

finding = Table(
    "finding",
    metadata,
    Column("id", ID, primary_key=True),
    Column("inbox_id", ID, ForeignKey("inbox.id"), nullable=False, unique=True),
    Column("conversation_id", ID, ForeignKey("conversation.id"), nullable=False, index=True),
    Column("case_id", ID, nullable=False, index=True),
    Column("concerns", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("conversation_id", ID, ForeignKey("conversation.id"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("concerns", JSON, nullable=False),
    Column("flags", JSON, nullable=False),
    Column("language", String(16), nullable=False),
    Column("tier", String(8), nullable=False),
    Column("country", String(2)),
    Column("channel", String(16), nullable=False),
    Column("holder", ID),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("clock_at", UtcDateTime, nullable=False),  # since when a human answer is waited for
    Column("answered_at", UtcDateTime),  # the human answer to the newest finding; NULL: the clock runs
    Column("alerted_at", UtcDateTime),
    Column("alerts", Integer, nullable=False, server_default="0"),
    Column("closed_at", UtcDateTime),
    Column("close_reason", String(32)),
    Column("close_asked_by", ID),  # who asked to close it; a second person signs
    Column("close_asked_at", UtcDateTime),
    Column("close_asked_reason", String(32)),
    Column("card", LargeBinary),  # how the person can be reached safely, encrypted
    Column("purged_at", UtcDateTime),
    CheckConstraint("state IN ('open', 'claimed', 'closed')", name="state"),
    CheckConstraint("urgency BETWEEN 1 AND 3", name="urgency"),
    Index(
        "uq_cases_open_conversation",
        "conversation_id",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
    Index("ix_cases_queue", "state", "urgency", "clock_at"),
    Index("ix_cases_unanswered", "answered_at", "state"),
    Index("ix_cases_holder", "holder", "state"),
    Index("ix_cases_closed", "state", "closed_at"),
)

case_event = Table(
    "case_event",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("name", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("data", JSON, nullable=False),
    Column("body", LargeBinary),
    UniqueConstraint("case_id", "sequence"),
    Index("ix_case_event_at", "at"),
    Index("ix_case_event_actor", "actor", "name", "at"),
)

case_hidden = Table(  # from whom a case is kept: the people it is about (safeguarding rule 8)
    "case_hidden",
    metadata,
    Column("case_id", ID, ForeignKey("cases.id"), primary_key=True),
    Column("staff_id", ID, primary_key=True),
    Column("hidden_by", ID, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

case_helper = Table(  # a second person on a case
    "case_helper",
    metadata,
    Column("case_id", ID, ForeignKey("cases.id"), primary_key=True),
    Column("staff_id", ID, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

case_task = Table(
    "case_task",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False, index=True),
    Column("body", LargeBinary),
    Column("due_at", UtcDateTime),
    Column("assigned_to", ID),
    Column("created_by", ID, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_by", ID),
    Column("done_at", UtcDateTime),
    Index("ix_case_task_open", "assigned_to", "done_at", "due_at"),
)

alert = Table(  # one event told to one target by one way
    "alert",
    metadata,
    Column("id", ID, primary_key=True),
    Column("event_id", ID, ForeignKey("case_event.id"), nullable=False),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("way", String(16), nullable=False),
    Column("target", String(254), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("code", String(64)),
    UniqueConstraint("event_id", "way", "target"),
    Index("ix_alert_due", "state", "not_before"),
    Index("ix_alert_created_at", "created_at"),
)

case_link = Table(  # each pair once, the smaller id first
    "case_link",
    metadata,
    Column("case_id", ID, ForeignKey("cases.id"), primary_key=True),
    Column("other_id", ID, ForeignKey("cases.id"), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("linked_by", ID, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_case_link_other_id", "other_id"),
)

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", ID, primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("name", String(60), nullable=False),
    Column("query", String(4000), nullable=False),
    UniqueConstraint("staff_id", "name"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversation.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("dedupe_key", String(96), nullable=False, unique=True),
    Column("purpose", String(16), nullable=False),
    Column("case_id", ID),
    Column("body", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("attempt_id", String(48)),  # "<id>:<attempt>": what the channel carries back in its statuses
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("parts_sent", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sending_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("read_at", UtcDateTime),
    Column("external_hash", String(64), index=True),
    Column("failed_code", String(64)),
    Column("uncertain_count", Integer, nullable=False, server_default="0"),
    UniqueConstraint("conversation_id", "sequence"),
    CheckConstraint(
        "state IN ('pending', 'sending', 'uncertain', 'sent', 'delivered', 'read', 'failed')", name="state"
    ),
    Index("ix_outbox_due", "state", "not_before"),
    Index("ix_outbox_case_id", "case_id"),
)

staff = Table(
    "staff",
    metadata,
    Column("id", ID, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("disabled_at", UtcDateTime),
    Column("totp_secret", LargeBinary),  # under the master key; NULL: no second factor
    Column("totp_new", LargeBinary),
    Column("totp_step", Integer),  # the last step a code was taken of
    Column("created_at", UtcDateTime, nullable=False),
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("agent", String(200)),
)

invitation = Table(
    "invitation",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

access_log = Table(
    "access_log",
    metadata,
    Column("id", ID, primary_key=True),
    Column("staff_id", ID, nullable=False, index=True),
    Column("case_id", ID, nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("value", String(8), primary_key=True),
    Column("count", Integer, nullable=False),
)
