"""Keep the alerts to people outside the console: one row an event, way and target.

Revision ID: 0004_alerts
Revises: 0003_case_record
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcDateTime

revision = "0004_alerts"
down_revision = "0003_case_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=254), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["case_event.id"], name=op.f("fk_alert_event_id_case_event")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alert_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("event_id", "way", "target", name=op.f("uq_alert_event_id_way_target")),
    )
    op.create_index(op.f("ix_alert_case_id"), "alert", ["case_id"])
    op.create_index("ix_alert_due", "alert", ["state", "not_before"])
    op.create_index("ix_alert_created_at", "alert", ["created_at"])


def downgrade() -> None:
    op.drop_table("alert")
