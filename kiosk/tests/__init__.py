"""The box without a box: a fake root, a fake server, a screen without glass."""
