from tests.staff.page import Browser


def test_the_inbox_opens(jo: Browser) -> None:
    page = jo.open("/staff/inbox")

    assert page.heading == "Inbox"


def test_each_opens(ruth: Browser, store) -> None:
    for reference in store.experiences:
        ruth.open("/staff/experiences/" + reference.replace(" ", "-"))
    ruth.open("/staff/themes")
