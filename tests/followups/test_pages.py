"""Leads ring customers back: whom they see, what two who press at once hear, what is kept of it."""

import re
from datetime import timedelta

from app import clock
from tests.ear import Ear
from tests.followups.house import AT, House, answer
from tests.people.visitor import Visitor

SCRIPT = "<script>alert(1)</script>"


def press(visitor: Visitor, step: str, case_id: int = 1, **fields: str) -> int:
    """Presses a button of the case's page as it stands there."""
    page = visitor.get(f"/followups/{case_id}").text
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    visitor.press(f"/followups/{case_id}/{step}", {"version": found[1]} | fields)
    return visitor.last.status_code


def test_from_the_list_to_a_solved_case(house: House) -> None:
    house.take(answer("r", 3))
    lea = house.visitor("lea")
    shown = lea.get("/followups").text
    assert "Due Fri 12 Jun 11:15" in shown
    assert "Nobody rang me back." in shown
    assert "Nobody yet" in shown
    page = lea.get("/followups/1").text
    assert 'href="tel:+4930123456"' in page
    assert 'href="mailto:uma@customer.example"' in page
    ear = Ear(house.database)
    for step, state in [("try", "tried"), ("try", "tried"), ("reach", "reached")]:
        assert press(lea, step) == 303
        assert house.case().state == state
    assert "tried 2 times" in lea.get("/followups/1").text
    assert press(lea, "solve") == 303
    assert ear.news() == {"followups"}
    ear.close()
    case = house.case()
    assert (case.state, case.closed_at, case.owner_id) == ("solved", AT, house.accounts["lea"])
    assert "Nobody waits for a call." in lea.get("/followups").text
    assert "Solved: score 3" in lea.last.text
    assert press(lea, "reopen") == 303
    assert (house.case().state, house.case().closed_at, house.case().tries) == ("open", None, 0)
    assert [one.after for one in house.audit("followups.work")][:2] == [
        {"state": "tried", "owner": "Lea", "tries": 1}, {"tries": 2},
    ]  # fmt: skip


def test_of_two_who_press_one_is_first_and_the_other_hears_who(house: House) -> None:
    house.take(answer("r", 3))
    lea, ada = house.visitor("lea"), house.visitor("ada")
    for one in (lea, ada):
        one.get("/followups/1")
    proof = lea.csrf
    assert lea.press("/followups/1/take", {"version": "1"}).headers["location"] == "/followups/1"
    second = ada.press("/followups/1/take", {"version": "1"})
    assert "<b><bdi>Lea</bdi></b> was first and took it" in ada.get(second.headers["location"]).text
    # Her own second tap is no quarrel, and changes nothing.
    again = lea.ask("POST", "/followups/1/take", data={"csrf": proof, "version": "1"})
    assert again.headers["location"] == "/followups/1"
    assert (house.case().owner_id, house.case().version) == (house.accounts["lea"], 2)
    assert len(house.audit("followups.work")) == 1
    assert press(ada, "take") == 303  # looking at what is, one may take over
    assert house.case().owner_id == house.accounts["ada"]


def test_a_lead_sees_own_teams_and_what_is_nobodys_and_a_viewer_nothing(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    house.take(answer("shop"), answer("claims", attributes={"team": "Claims"}))
    house.take(answer("none", attributes={}))
    ben = house.visitor("ben")
    assert re.findall(r"/followups/(\d)", ben.get("/followups").text) == ["2", "3"]
    assert re.findall(r"/followups/(\d)", ben.get("/followups?whose=team").text) == ["2"]
    assert "None is yours." in ben.get("/followups?whose=mine").text
    assert ben.get("/followups?whose=theirs").status_code == 422
    assert ben.get("/followups/1").status_code == 403
    assert ben.get("/followups/99").status_code == 404
    ben.get("/followups/2")
    for path in ("take", "note"):
        assert ben.press(f"/followups/1/{path}", {"version": "1"}).status_code == 403
        ben.get("/followups/2")
    assert press(ben, "take", 2) == 303
    assert re.findall(r"/followups/(\d)", ben.get("/followups?whose=mine").text) == ["2"]
    assert house.visitor("vic").get("/followups").status_code == 403
    assert re.findall(r"/followups/(\d)", house.visitor("ada").get("/followups").text) == [
        "1", "2", "3",
    ]  # fmt: skip


def test_every_look_at_a_customer_is_written_down_once(sqlite_house: House) -> None:
    house = sqlite_house
    house.take(answer("r", 3))
    lea = house.visitor("lea")
    for _ in range(3):
        lea.get("/followups/1")
    house.visitor("ada").get("/followups/1")
    with clock.frozen(AT + timedelta(hours=2)):
        lea.get("/followups/1")
    looks = [(one.who, one.thing, one.at - AT) for one in house.audit("followups.read")]
    assert looks == [
        ("Lea", "case 1", timedelta()), ("Ada", "case 1", timedelta()),
        ("Lea", "case 1", timedelta(hours=2)),
    ]  # fmt: skip


def test_the_overdue_come_first_and_say_so(sqlite_house: House) -> None:
    house = sqlite_house
    house.take(answer("early"))
    with clock.frozen(AT + timedelta(days=1)):
        house.take(answer("late"))
    with clock.frozen(AT + timedelta(days=2, hours=1)):
        lea = house.visitor("lea")
        shown = lea.get("/followups").text
    assert shown.index("Overdue since today 11:15") < shown.index("Due Mon 15 Jun 11:15")


def test_a_hostile_note_is_plain_text_and_too_long_a_one_is_not_lost(sqlite_house: House) -> None:
    house = sqlite_house
    house.take(answer("r", 0, comment=SCRIPT, name=SCRIPT))
    lea = house.visitor("lea")
    assert press(lea, "note", note=f" {SCRIPT}\x00\u202e \r\n  second   line ") == 303
    assert house.case().note == f"{SCRIPT}\nsecond line"
    assert SCRIPT not in lea.get("/followups/1").text
    assert press(lea, "note", note="x" * 1001) == 400
    assert "1,000 characters at most" in lea.last.text
    assert "x" * 1001 in lea.last.text
    assert press(lea, "note", note="y" * 1000) == 303
    assert all("script" not in str(one.after) for one in house.audit("followups.work"))
    # Somebody else wrote meanwhile: what was typed stays in the field, what is kept stands above.
    ada = house.visitor("ada")
    ada.get("/followups/1")
    stale = ada.press("/followups/1/note", {"version": "1", "note": "mine"})
    assert stale.status_code == 409
    assert "was first and wrote a note" in stale.text
    assert ">mine</textarea>" in stale.text
    assert house.case().note == "y" * 1000


def test_what_cannot_be_done_is_refused_in_one_sentence(sqlite_house: House) -> None:
    sqlite_house.take(answer("r", 3))
    lea = sqlite_house.visitor("lea")
    tries: list[tuple[str, dict[str, str], int]] = [
        ("solve", {"version": "1"}, 409), ("reopen", {"version": "1"}, 409),
        ("take", {}, 409), ("take", {"version": "x"}, 409), ("take", {"version": "²"}, 409),
        ("take", {"version": "9" * 40}, 409), ("dance", {"version": "1"}, 404),
        ("take", {"version": "1", "csrf": "made up"}, 403),
    ]  # fmt: skip
    for step, fields, status in tries:
        lea.get("/followups/1")
        assert lea.press(f"/followups/1/{step}", fields).status_code == status, (step, fields)
    assert sqlite_house.case().version == 1


def test_a_way_to_reach_somebody_is_a_number_or_an_address_and_nothing_else(
    sqlite_house: House,
) -> None:
    given: list[tuple[str, str | None, list[str]]] = [
        ("0041 44 668 18 00", "a b@c.example", ["tel:0041446681800"]),
        ("javascript:alert(1)", "x?bcc=z@y.example", ["mailto:x%3Fbcc%3Dz@y.example"]),
        ("12", None, []),
        ("+1;ext=5,,,999999", "x@y@z.example", []),
    ]
    lea = sqlite_house.visitor("lea")
    for at, (phone, email, ways) in enumerate(given, 1):
        sqlite_house.take(answer(f"r-{at}", attributes={"mobile": phone}, email=email))
        page = lea.get(f"/followups/{at}").text
        assert re.findall(r'href="((?:tel|mailto|javascript):[^"]*)"', page) == ways
        assert ("No number and no e-mail" in page) == (not ways)
