"""Remember the step at which somebody left a walk, so that they can go on days later.

Revision ID: 0006_left_walk
Revises: 0005_second_factor
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_left_walk"
down_revision = "0005_second_factor"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("walk", sa.String(length=128), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("conversation") as table:
        table.drop_column("walk")
