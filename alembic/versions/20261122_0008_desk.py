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
    _followups()


def downgrade() -> None:
    for table in ("screen_loss", "notice", "followup_case"):
        op.drop_table(table)
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


def _followups() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    time = sa.DateTime(timezone=True)

    def refers(table: str, column: str, other: str, ondelete: str) -> sa.ForeignKeyConstraint:
        name = op.f(f"fk_{table}_{column}")
        return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)

    op.create_table(
        "followup_case",
        sa.Column("id", key, nullable=False),
        sa.Column("response_id", key, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("opened_at", time, nullable=False),
        sa.Column("due_at", time, nullable=False),
        sa.Column("owner_id", key, nullable=True),
        sa.Column("tries", key, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reached_at", time, nullable=True),
        sa.Column("closed_at", time, nullable=True),
        sa.Column("version", key, nullable=False),
        sa.Column("last_step", sa.String(16), nullable=True),
        sa.Column("last_by", sa.String(200), nullable=True),
        sa.Column("last_id", key, nullable=True),
        sa.Column("last_at", time, nullable=True),
        sa.Column("told_at", time, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'tried', 'reached', 'solved', 'dropped')",
            name=op.f("ck_followup_case_state"),
        ),
        refers("followup_case", "response_id", "response", "CASCADE"),
        refers("followup_case", "owner_id", "account", "SET NULL"),
        refers("followup_case", "last_id", "account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup_case")),
        sa.UniqueConstraint("response_id", name=op.f("uq_followup_case_response_id")),
    )
    op.create_index("ix_followup_case_due", "followup_case", ["state", "due_at"])
    op.create_index(op.f("ix_followup_case_closed_at"), "followup_case", ["closed_at"])
    untold = sa.text("told_at IS NULL")
    op.create_index(
        "ix_followup_case_untold", "followup_case", ["id"],
        sqlite_where=untold, postgresql_where=untold,
    )  # fmt: skip
    op.create_table(
        "notice",
        sa.Column("id", key, nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("event", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_at", time, nullable=False),
        sa.Column("due_at", time, nullable=False),
        sa.Column("tries", key, nullable=False),
        sa.Column("ended_at", time, nullable=True),
        sa.Column("trouble", sa.String(200), nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name=op.f("ck_notice_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    under_way = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_notice_under_way", "notice", ["due_at", "id"],
        sqlite_where=under_way, postgresql_where=under_way,
    )  # fmt: skip
    op.create_index(op.f("ix_notice_ended_at"), "notice", ["ended_at"])
    op.create_table(
        "screen_loss",
        sa.Column("id", key, nullable=False),
        sa.Column("screen_id", key, nullable=False),
        sa.Column("silent_since", time, nullable=False),
        sa.Column("noticed_at", time, nullable=False),
        sa.Column("back_at", time, nullable=True),
        refers("screen_loss", "screen_id", "screen", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_loss")),
    )
    not_over = sa.text("back_at IS NULL")
    op.create_index(
        "uq_screen_loss_screen", "screen_loss", ["screen_id"], unique=True,
        sqlite_where=not_over, postgresql_where=not_over,
    )  # fmt: skip
