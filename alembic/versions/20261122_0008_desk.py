"""nominations, follow-ups and panic"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _nominations()
    _stories()
    _roster()


def downgrade() -> None:
    for table in ("following", "roster_import", "appeal", "personal_link"):
        op.drop_table(table)
    op.drop_column("site", "holidays")
    for name in ("people_days", "least_personal"):
        op.drop_column("company", name)
    op.drop_table("nomination")
    op.drop_table("nomination_rules")
    for name in STORY:
        op.drop_column("story", name)


# What leads decide about stories.
STORY = ("cut", "held_at", "decided")


def _stories() -> None:
    op.add_column("story", sa.Column("cut", sa.Text(), nullable=True))
    op.add_column("story", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("story", sa.Column("decided", sa.JSON(none_as_null=True), nullable=True))


def _nominations() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

    def refers(column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
        name = op.f(f"fk_nomination_{column}")
        return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)

    op.create_table(
        "nomination",
        sa.Column("id", key, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("person_id", key, nullable=True),
        sa.Column("named", sa.String(200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("badge", sa.String(40), nullable=False),
        sa.Column("figure", sa.String(16), nullable=False),
        sa.Column("story_id", key, nullable=True),
        sa.Column("account_id", key, nullable=True),
        sa.Column("giver", sa.String(200), nullable=False),
        sa.Column("board_slug", sa.String(200), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", key, nullable=False),
        sa.Column("decided_by", key, nullable=True),
        sa.Column("decider", sa.String(200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'shown', 'declined', 'withdrawn')",
            name=op.f("ck_nomination_state"),
        ),
        refers("person_id", "person", "CASCADE"),
        refers("story_id", "story", "SET NULL"),
        refers("account_id", "account", "SET NULL"),
        refers("decided_by", "account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination")),
    )
    op.create_index("ix_nomination_state", "nomination", ["state", "id"])
    op.create_index(op.f("ix_nomination_person_id"), "nomination", ["person_id"])
    op.create_table(
        "nomination_rules",
        sa.Column("id", key, nullable=False),
        sa.Column("per_month", key, nullable=False),
        sa.Column("second_lead", sa.Boolean(), nullable=False),
        sa.Column("open_link", sa.Boolean(), nullable=False),
        sa.Column("generation", key, nullable=False),
        sa.Column("badges", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nomination_rules")),
    )


def _roster() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    time = sa.DateTime(timezone=True)
    op.add_column("company", sa.Column("least_personal", key, nullable=False, server_default="10"))
    op.add_column("company", sa.Column("people_days", key, nullable=True))
    op.add_column("site", sa.Column("holidays", sa.JSON(none_as_null=True), nullable=True))

    def belongs(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
        name = op.f(f"fk_{table}_{column}")
        return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")

    op.create_table(
        "personal_link",
        sa.Column("person_id", key, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("made_at", time, nullable=False),
        belongs("personal_link", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_link_token_hash")),
    )
    op.create_table(
        "appeal",
        sa.Column("id", key, nullable=False),
        sa.Column("person_id", key, nullable=False),
        sa.Column("response_id", key, nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("made_at", time, nullable=False),
        sa.Column("settled_at", time, nullable=True),
        sa.Column("settled_by", sa.String(200), nullable=True),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('open', 'taken off', 'kept')", name=op.f("ck_appeal_outcome")
        ),
        belongs("appeal", "person_id", "person"),
        belongs("appeal", "response_id", "response"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("response_id", name=op.f("uq_appeal_response_id")),
    )
    op.create_index(op.f("ix_appeal_person_id"), "appeal", ["person_id"])
    op.create_table(
        "roster_import",
        sa.Column("id", key, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("journal", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("made_at", time, nullable=False),
        sa.CheckConstraint(
            "state IN ('looked at', 'taken over', 'taken back')",
            name=op.f("ck_roster_import_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    op.create_table(
        "following",
        sa.Column("id", key, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("names", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("top_id", key, nullable=False),
        sa.Column("next_id", key, nullable=False),
        sa.Column("moved", key, nullable=False),
        sa.Column("started_at", time, nullable=False),
        sa.Column("ended_at", time, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_following")),
    )
