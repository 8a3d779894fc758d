"""what a board and a screen are set to"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "benchmark",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("year", NUMBER, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benchmark")),
        sa.UniqueConstraint("name", name=op.f("uq_benchmark_name")),
    )
    op.create_table(
        "pairing",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("tries", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
        sa.UniqueConstraint("code", name=op.f("uq_pairing_code")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_pairing_key_hash")),
    )
    op.create_table(
        "screen_order",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("screen_id", NUMBER, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["screen_id"],
            ["screen.id"],
            name=op.f("fk_screen_order_screen_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_order")),
    )
    op.create_index(op.f("ix_screen_order_at"), "screen_order", ["at"], unique=False)
    op.create_table(
        "blanking",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.CheckConstraint("scope IN ('screen', 'board', 'all')", name=op.f("ck_blanking_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blanking")),
        sa.UniqueConstraint("scope", "target", name=op.f("uq_blanking_scope_target")),
    )


def downgrade() -> None:
    op.drop_table("blanking")
    op.drop_index(op.f("ix_screen_order_at"), table_name="screen_order")
    op.drop_table("screen_order")
    op.drop_table("pairing")
    op.drop_table("benchmark")
