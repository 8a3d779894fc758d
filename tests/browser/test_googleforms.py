"""Our Apps Script for Google Forms, run against Google's objects as it uses them."""

import base64
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from app.db import connect
from tests.intake import door as doors
from tests.intake.door import SECRET, Door

SCRIPT = Path(__file__).parents[2] / "app/intake/sources/googleforms.gs"
# Google's own objects, which answer `statuses` one after the other and note what they are asked.
GOOGLE = """(statuses) => {
  const text = new TextEncoder(), asked = {posts: [], macs: [], slept: []};
  const signed = (bytes) => Array.from(Int8Array.from(bytes));
  const item = (id, title) => ({getId: () => id, getTitle: () => title, getType: () => 'SCALE'});
  window.Utilities = {
    newBlob: (words) => ({getBytes: () => signed(text.encode(words))}),
    base64Decode: (words) => signed(Uint8Array.from(atob(words), (c) => c.charCodeAt(0))),
    base64Encode: (bytes) => btoa(String.fromCharCode(...bytes.map((b) => b & 255))),
    computeHmacSha256Signature: (bytes, key) => (asked.macs.push({bytes, key}), [1, 2, 3]),
    getUuid: () => '6f1c0000-0000-4000-8000-000000000001',
    sleep: (ms) => asked.slept.push(ms),
  };
  window.UrlFetchApp = {fetch: (url, how) => {
    asked.posts.push({url, ...how});
    const status = statuses.shift();
    if (status === 'unreachable') throw new Error('DNS error');
    return {getResponseCode: () => status, getContentText: () => 'sentence'};
  }};
  const answers = [[11, 'Score', '0'], [12, 'Why?', 'Trop lent – déçu'], [13, 'Shops', ['A', 'B']]];
  const event = {source: {getId: () => 'form-1'}, response: {
    getId: () => '2_ABaOnue1', getTimestamp: () => new Date('2026-06-10T09:15:31Z'),
    getRespondentEmail: () => 'lea@example.com',
    getItemResponses: () => answers.map(([id, title, value]) =>
      ({getItem: () => item(id, title), getResponse: () => value})),
  }};
  try { onAnswer(event); } catch (error) { asked.error = error.message; }
  return asked;
}"""


@pytest.fixture
def door(sqlite_url: str) -> Iterator[Door]:
    database = connect(sqlite_url)
    doors.company(database)
    with doors.opened(database) as opened:
        yield opened
    database.dispose()


def run(browser: Browser, statuses: list[Any]) -> Any:
    facts = {
        "var HOOK = 'https://wall.example.com/hooks/...'": "var HOOK = 'https://w.test/hooks/k'",
        "var SECRET = 'whsec_...'": f"var SECRET = '{SECRET}'",
        "var SCORE_ITEM = 0": "var SCORE_ITEM = 11",
        "var COMMENT_ITEM = 0": "var COMMENT_ITEM = 12",
        "var ATTRIBUTE_ITEMS = {}": "var ATTRIBUTE_ITEMS = {store: 13}",
    }
    script = SCRIPT.read_text()
    for line, filled in facts.items():
        assert line in script
        script = script.replace(line, filled)
    page = browser.new_page()
    page.add_script_tag(content=script)
    asked = page.evaluate(GOOGLE, statuses)
    page.close()
    return asked


def test_the_script_signs_what_the_hook_takes(browser: Browser, door: Door) -> None:
    asked = run(browser, [202])

    (post,), (mac,) = asked["posts"], asked["macs"]
    body = bytes(b & 255 for b in post["payload"])
    key, signed = (bytes(b & 255 for b in mac[name]) for name in ("key", "bytes"))
    assert post["headers"]["webhook-signature"] == "v1,AQID"  # what the invented mac is
    digest = base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()
    headers = {**post["headers"], "webhook-signature": f"v1,{digest}"}
    path = door.source("form", "googleforms", SECRET, settings={"form_id": "form-1"})

    assert [door.post(path, body, headers).status_code for _ in range(2)] == [202, 200]
    (row,) = door.responses()
    assert (row.external_id, row.score, row.comment) == ("2_ABaOnue1", 0, "Trop lent – déçu")
    assert (row.email, row.survey_id, row.attributes) == (
        "lea@example.com", "form-1", {"store": "A, B"},
    )  # fmt: skip
    assert json.loads(body)["submitted_at"] == "2026-06-10T09:15:31.000Z"


@pytest.mark.parametrize(
    ("statuses", "posts", "error"),
    [
        (["unreachable", 503, 202], 3, None),
        ([500, 500, 503], 3, "Cheerboard did not keep an answer: 503 sentence"),
        ([200], 1, None),
    ],
)
def test_the_script_tries_three_times(
    browser: Browser, statuses: list[Any], posts: int, error: str | None
) -> None:
    asked = run(browser, statuses)

    assert len(asked["posts"]) == posts
    assert len({one["headers"]["webhook-id"] for one in asked["posts"]}) == 1
    assert asked["slept"] == [2000, 8000][: posts - 1]
    assert asked.get("error") == error
