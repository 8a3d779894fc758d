"""picks that explain themselves"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PICKED = sa.text("kind <> 'nomination'")


def upgrade() -> None:
    op.drop_index("uq_hero_kind_starts_on", table_name="hero")
    with op.batch_alter_table("hero") as table:
        table.alter_column("person_id", existing_type=ID, nullable=True)
        table.add_column(sa.Column("period", sa.String(8), server_default="week", nullable=False))
        table.add_column(sa.Column("scope", sa.String(8), server_default="company", nullable=False))
        table.add_column(sa.Column("scope_id", ID, server_default="1", nullable=False))
        table.add_column(sa.Column("state", sa.String(16), server_default="shown", nullable=False))
        table.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("confirmed_by", ID, nullable=True))
        table.create_foreign_key(
            op.f("fk_hero_confirmed_by"), "account", ["confirmed_by"], ["id"], ondelete="SET NULL"
        )
        table.create_check_constraint(op.f("ck_hero_state"), "state IN ('suggested', 'shown')")
    op.create_index(
        "uq_hero_pick", "hero", ["kind", "period", "scope", "scope_id", "starts_on"], unique=True,
        sqlite_where=PICKED, postgresql_where=PICKED,
    )  # fmt: skip
    op.add_column(
        "company",
        sa.Column("heroes", sa.String(16), server_default="automatic", nullable=False),
    )
    op.create_table(
        "hero_weight",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("days", ID, nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("people", ID, nullable=False),
        sa.Column("answers", ID, nullable=False),
        sa.PrimaryKeyConstraint("day", "days", name=op.f("pk_hero_weight")),
    )


def downgrade() -> None:
    op.drop_table("hero_weight")
    op.drop_column("company", "heroes")
    op.drop_index("uq_hero_pick", table_name="hero")
    # What could not be kept before: teams, other places and periods, suggestions, nominations.
    op.execute(
        "DELETE FROM hero WHERE person_id IS NULL OR scope <> 'company' OR period <> 'week'"
        " OR state <> 'shown' OR kind = 'nomination'"
    )
    with op.batch_alter_table("hero") as table:
        table.drop_constraint(op.f("ck_hero_state"), type_="check")
        table.drop_constraint(op.f("fk_hero_confirmed_by"), type_="foreignkey")
        for name in ("confirmed_by", "confirmed_at", "state", "scope_id", "scope", "period"):
            table.drop_column(name)
        table.alter_column("person_id", existing_type=ID, nullable=False)
    op.create_index("uq_hero_kind_starts_on", "hero", ["kind", "starts_on"], unique=True)
