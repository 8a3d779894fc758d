"""ways in, and the audit log"""

from collections.abc import Sequence

import sqlalchemy as sa

from alembic import op

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLE = "role IN ('admin', 'lead', 'viewer')"


def upgrade() -> None:
    op.create_table(
        "account_team",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        _belongs("account_team", "account_id", "account"),
        _belongs("account_team", "team_id", "team"),
        sa.PrimaryKeyConstraint("account_id", "team_id", name=op.f("pk_account_team")),
    )
    op.create_index(op.f("ix_account_team_team_id"), "account_team", ["team_id"])
    op.create_table(
        "audit_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("thing", sa.String(200), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        _belongs("audit_entry", "account_id", "account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"])
    op.create_table(
        "invitation",
        sa.Column("id", ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("team_id", ID, nullable=True),
        sa.Column("email", sa.String(320), nullable=True),
        sa.Column("invited_by", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(ROLE, name=op.f("ck_invitation_role")),
        _belongs("invitation", "team_id", "team"),
        _belongs("invitation", "invited_by", "account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"])
    op.create_table(
        "password_reset",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _belongs("password_reset", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.String(4000), nullable=False),
        sa.Column("sign_count", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        _belongs("passkey", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    # Not in a batch: SQLite would make the table anew, and everybody's sessions would fall with it.
    browser = sa.Column("browser", sa.String(80), nullable=False, server_default="")
    op.add_column("account_session", browser)
    op.add_column("account", sa.Column("oidc_subject", sa.String(255), nullable=True))
    op.create_index(op.f("ix_account_oidc_subject"), "account", ["oidc_subject"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_account_oidc_subject"), table_name="account")
    op.drop_column("account", "oidc_subject")
    op.drop_column("account_session", "browser")
    for table in ("passkey", "password_reset", "invitation", "audit_entry", "account_team"):
        op.drop_table(table)


def _belongs(
    table: str, column: str, other: str, ondelete: str = "CASCADE"
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
