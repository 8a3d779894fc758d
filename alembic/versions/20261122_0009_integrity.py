"""signals, themes and dignity"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "signal_card",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("scope_id", NUMBER, nullable=False),
        sa.Column("team_id", NUMBER, nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("findings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(200), nullable=True),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'dismissed', 'expired')", name=op.f("ck_signal_card_state")
        ),
        sa.CheckConstraint("scope IN ('person', 'team')", name=op.f("ck_signal_card_scope")),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_signal_card_team_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_card")),
    )
    op.create_index("ix_signal_card_subject", "signal_card", ["scope", "scope_id", "state"])
    op.create_table(
        "exempt_key",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_exempt_key")),
    )
    op.create_table(
        "night",
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("what", "day", name=op.f("pk_night")),
    )
    op.create_table(
        "theme_report",
        sa.Column("scope", sa.String(8), nullable=False),
        sa.Column("scope_id", NUMBER, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "scope_id", name=op.f("pk_theme_report")),
    )


def downgrade() -> None:
    for table in ("theme_report", "night", "exempt_key", "signal_card"):
        op.drop_table(table)
