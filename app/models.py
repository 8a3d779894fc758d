"""Imports every feature's tables, so that the metadata is whole."""

import app.board.models
import app.followups.models
import app.heroes.models
import app.heroes.nominationmodels
import app.intake.models
import app.integrity.models
import app.notices.models
import app.people.models
import app.responses.models
import app.scores.models
import app.screens.models
import app.stories.models
import app.themes.models
from app.db import Base

metadata = Base.metadata
__all__ = ["app", "metadata"]
