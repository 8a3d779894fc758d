"""what a story is judged by"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


STATES = ("candidate", "released", "recalled")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _allow("unread", *STATES)
    op.add_column(
        "story",
        sa.Column("is_against_score", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "company",
        sa.Column("automatic_stories", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "story_decision",
        sa.Column("id", ID, nullable=False),
        sa.Column("response_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("features", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_story_decision_response_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_story_decision_account_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_decision")),
    )  # fmt: skip
    op.create_index(op.f("ix_story_decision_response_id"), "story_decision", ["response_id"])
    op.create_table(
        "consent_rule",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("silence_agrees", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source.id"], name=op.f("fk_consent_rule_source_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_consent_rule")),
    )


def downgrade() -> None:
    op.drop_table("consent_rule")
    op.drop_table("story_decision")
    op.drop_column("company", "automatic_stories")
    op.drop_column("story", "is_against_score")
    op.execute("DELETE FROM story WHERE state = 'unread'")
    _allow(*STATES)


def _allow(*states: str) -> None:
    with op.batch_alter_table("story") as table:
        table.drop_constraint(op.f("ck_story_state"), type_="check")
        table.create_check_constraint(op.f("ck_story_state"), f"state IN {states}")
