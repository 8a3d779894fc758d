"""who gets the weekly report by mail; weights of channels"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "account", sa.Column("week_mail", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.add_column(
        "company",
        sa.Column("weights", sa.JSON(none_as_null=True), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("company", "weights")
    op.drop_column("account", "week_mail")
