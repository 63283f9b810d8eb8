"""Give the console who may not see a case, second people, saved views, and the indexes of a long queue.

Revision ID: 0002_console
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcDateTime

revision = "0002_console"
down_revision = "0001"
branch_labels = None
depends_on = None
INDEXES = {
    "ix_case_event_actor": ("case_event", ["actor", "name", "at"]),
    "ix_cases_holder": ("cases", ["holder", "state"]),
    "ix_cases_closed": ("cases", ["state", "closed_at"]),
}


def upgrade() -> None:
    op.create_table(
        "case_hidden",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("hidden_by", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_hidden_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_hidden")),
    )
    op.create_table(
        "case_helper",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_helper_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_helper")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=4000), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_view_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("staff_id", "name", name=op.f("uq_saved_view_staff_id_name")),
    )
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
    for table in ("saved_view", "case_helper", "case_hidden"):
        op.drop_table(table)
