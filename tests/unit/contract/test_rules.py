import pytest

from counterseal.contract import rules
from counterseal.contract.errors import InvalidRequest

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def refusal(rule, *arguments, **named) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as refused:
        rule(*arguments, **named)
    return refused.value


@pytest.mark.parametrize("text", ["a", "x" * 255, "wallet-auth:02ab", "Bär 🐻‍❄️", " a b ", "a_-:/."])
def test_labels(text):
    assert rules.label(text, "userName") == text


@pytest.mark.parametrize("text", ["", "x" * 256, "a\nb", "a\x00", "\x7f", "a\x85"])
def test_refused_labels(text):
    says = refusal(rules.label, text, "userName").message
    assert says.startswith("invalid request body: expected ")
    assert says.endswith(" at `userName`")


def test_short():
    assert rules.short("x" * 256, "challenge", longest=256) == "x" * 256
    assert "got 257" in refusal(rules.short, "x" * 257, "challenge", longest=256).message
    assert "got 0" in refusal(rules.short, "", "challenge", longest=256).message


def test_prose():
    assert rules.prose("", "notes", longest=3) == ""
    assert rules.prose("a\n\t\r", "notes", longest=4) == "a\n\t\r"
    assert refusal(rules.prose, "four", "notes", longest=3).message == (
        "invalid request body: expected at most 3 characters, got 4 at `notes`"
    )
    for character in "\x00", "\x08", "\x0b", "\x1f", "\x7f", "\x9f":
        assert f"got U+{ord(character):04X}" in refusal(rules.prose, f"a{character}", "notes", longest=3).message


def test_uuid():
    assert rules.uuid(ID.upper(), "userId") == ID
    assert refusal(rules.uuid, "x", "userId").message == "invalid request body: expected a UUID, got `x` at `userId`"


def test_uuids():
    other = ID.replace("0f", "1f")
    assert rules.uuids([ID.upper(), other], "userIds") == [ID, other]
    assert "at least one" in refusal(rules.uuids, [], "userIds").message
    assert "got one twice" in refusal(rules.uuids, [ID, ID.upper()], "userIds").message
    assert "got `x`" in refusal(rules.uuids, [ID, "x"], "userIds").message


def test_some():
    rules.some([1], "apiKeys")
    assert refusal(rules.some, [], "apiKeys").message.endswith("at `apiKeys`")


@pytest.mark.parametrize("text", ["a@b.co", "First.Last+tag@sub.example.com", "a_b-c@x-y.org"])
def test_emails(text):
    assert rules.email(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b.co",
        "a@b",
        "a b@c.de",
        "a@b..co",
        ".a@b.co",
        "a.@b.co",
        "a..b@c.de",
        "a@b@c.de",
        "<a@b.co>",
        "a@-b.co",
        "a@b_c.de",
        "a@b.co\n",
        "jörg@example.de",
        "joerg@münchen.de",
        "\N{KELVIN SIGN}arl@x.yz",
        "a@\N{FULLWIDTH LATIN SMALL LETTER X}.yz",
        "a@x.\N{ARABIC-INDIC DIGIT ONE}",
        "x" * 65 + "@b.co",
        "a@" + "x" * 64 + ".co",
        "a@" + "b." * 130 + "co",
    ],
)
def test_refused_emails(text):
    refused = refusal(rules.email, text)
    assert refused.code == "INVALID_EMAIL"
    assert refused.message.startswith("invalid email address: `")


def test_hostile_emails_do_not_backtrack():
    refusal(rules.email, "a." * 126 + "a")
    refusal(rules.email, "a@" + "a-" * 126)


@pytest.mark.parametrize("text", ["+13214567890", "+4930123456", "+12"])
def test_phone_numbers(text):
    assert rules.phone(text) == text


@pytest.mark.parametrize("text", ["", "13214567890", "+0123", "+1", "+1 321", "+1234567890123456", "+1x", "+12\n"])
def test_refused_phone_numbers(text):
    assert refusal(rules.phone, text).message.endswith("at `userPhoneNumber`")


@pytest.mark.parametrize(("text", "seconds"), [("1", 1), ("900", 900), ("0900", 900), ("3153600000", 3153600000)])
def test_positive_seconds(text, seconds):
    assert rules.positive_seconds(text) == seconds


@pytest.mark.parametrize("text", ["0", "-5", "", "1.5", "x", "1e3", "3153600001", "9" * 400, "٣", " 3"])
def test_refused_seconds(text):
    assert refusal(rules.positive_seconds, text).message.startswith("invalid api key expiration: expected seconds")
    assert refusal(rules.positive_seconds, text, "lifetime").message.startswith("invalid lifetime: ")


def test_page_limit():
    assert [rules.page_limit(text) for text in (None, "1", "100")] == [10, 1, 100]


@pytest.mark.parametrize("text", ["0", "101", "-1", "", "ten", "1.0"])
def test_refused_page_limits(text):
    assert "expected 1 to 100" in refusal(rules.page_limit, text).message
