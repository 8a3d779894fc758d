"""The server's own storage, for the wall that this box shows."""

from tests.conftest import quick_passwords, sqlite_template, sqlite_url

__all__ = ["quick_passwords", "sqlite_template", "sqlite_url"]
