"""Give a case its record: who asked to close it, the safe-contact card, tasks, and links to other cases.

Revision ID: 0003_case_record
Revises: 0002_console
"""

import sqlalchemy as sa
from alembic import op

from bot.store.types import UtcDateTime

revision = "0003_case_record"
down_revision = "0002_console"
branch_labels = None
depends_on = None
COLUMNS = ("close_asked_by", "close_asked_at", "close_asked_reason", "card")


def upgrade() -> None:
    op.add_column("cases", sa.Column("close_asked_by", sa.String(length=32), nullable=True))
    op.add_column("cases", sa.Column("close_asked_at", UtcDateTime(), nullable=True))
    op.add_column("cases", sa.Column("close_asked_reason", sa.String(length=32), nullable=True))
    op.add_column("cases", sa.Column("card", sa.LargeBinary(), nullable=True))
    op.create_table(
        "case_task",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("assigned_to", sa.String(length=32), nullable=True),
        sa.Column("created_by", sa.String(length=32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("done_by", sa.String(length=32), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_task_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_task")),
    )
    op.create_index(op.f("ix_case_task_case_id"), "case_task", ["case_id"])
    op.create_index("ix_case_task_open", "case_task", ["assigned_to", "done_at", "due_at"])
    op.create_table(
        "case_link",
        sa.Column("case_id", sa.String(length=32), nullable=False),
        sa.Column("other_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("linked_by", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_link_case_id_cases")),
        sa.ForeignKeyConstraint(["other_id"], ["cases.id"], name=op.f("fk_case_link_other_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "other_id", name=op.f("pk_case_link")),
    )
    op.create_index("ix_case_link_other_id", "case_link", ["other_id"])


def downgrade() -> None:
    op.drop_table("case_link")
    op.drop_table("case_task")
    with op.batch_alter_table("cases") as cases:
        for name in COLUMNS:
            cases.drop_column(name)
