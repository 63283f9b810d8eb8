"""Give staff a second factor, and sessions the name of their browser.

Revision ID: 0005_second_factor
Revises: 0004_alerts
"""

import sqlalchemy as sa
from alembic import op

revision = "0005_second_factor"
down_revision = "0004_alerts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_new", sa.LargeBinary(), nullable=True))
    op.add_column("staff", sa.Column("totp_step", sa.Integer(), nullable=True))
    op.add_column("staff_session", sa.Column("agent", sa.String(length=200), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("staff_session") as table:
        table.drop_column("agent")
    with op.batch_alter_table("staff") as table:
        for name in ("totp_secret", "totp_new", "totp_step"):
            table.drop_column(name)
