"""what thin sources fetch and when"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

READABLE = sa.text("outcome = 'kept' AND fetch_at IS NULL")
FETCHED = sa.text("outcome = 'kept' AND fetch_at IS NOT NULL")
KEPT = sa.text("outcome = 'kept'")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("fetch_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "delivery", sa.Column("attempts", NUMBER, nullable=False, server_default=sa.text("0"))
    )
    op.drop_index("ix_delivery_kept", "delivery")
    op.create_index(
        "ix_delivery_kept", "delivery", ["id"], sqlite_where=READABLE, postgresql_where=READABLE
    )
    op.create_index(
        "ix_delivery_fetch", "delivery", ["source_id", "fetch_at", "id"],
        sqlite_where=FETCHED, postgresql_where=FETCHED,
    )  # fmt: skip
    op.create_table(
        "fetch_pause",
        sa.Column("source_id", NUMBER, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_fetch_pause_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_fetch_pause")),
    )
    op.create_table(
        "backfill",
        sa.Column("source_id", NUMBER, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("taken", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_backfill_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "since", name=op.f("pk_backfill")),
    )


def downgrade() -> None:
    op.drop_table("backfill")
    op.drop_table("fetch_pause")
    op.drop_index("ix_delivery_fetch", "delivery")
    op.drop_index("ix_delivery_kept", "delivery")
    op.create_index(
        "ix_delivery_kept", "delivery", ["id"], sqlite_where=KEPT, postgresql_where=KEPT
    )
    op.drop_column("delivery", "attempts")
    op.drop_column("delivery", "fetch_at")
