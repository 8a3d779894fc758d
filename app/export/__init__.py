"""What was collected, as files that a spreadsheet may open."""
