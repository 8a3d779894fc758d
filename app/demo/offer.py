"""Offer: what a server that people set up may invent for them, and take away again."""

from app.demo.removal import clear
from app.demo.sample import fill, is_there
from app.people.sample import Sample

SAMPLE = Sample(fill, clear, is_there)
