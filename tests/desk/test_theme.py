"""Desk and wall are one family: the light desk is the wall's paper."""

import re

from app.web import STATIC


def test_the_light_desk_is_the_walls_paper() -> None:
    tokens = (STATIC / "css/tokens.css").read_text()
    paper = tokens.split('[data-theme="paper"] {')[1].split("}")[0]
    light = (STATIC / "css/desk.css").read_text().split("prefers-color-scheme: light")[1]
    raw = re.findall(r"(--[\w-]+): (#\w+);", paper)
    assert len(raw) > 5
    assert re.findall(r"(--[\w-]+): (#\w+);", light.split("}")[0]) == raw
