import pytest

from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.tron.protobuf import Field, Kind, Shape, read_message
from tron_samples import OWNER, message

INNER = Shape("an inner one", {1: Field("number", Kind.INT64)})
SHAPE = Shape(
    "a message",
    {
        1: Field("small", Kind.INT32),
        2: Field("truth", Kind.BOOL),
        3: Field("chosen", Kind.CHOICE, choices=("ZERO", "ONE")),
        4: Field("bytes", Kind.BYTES),
        5: Field("two", Kind.BYTES, size=2),
        6: Field("text", Kind.TEXT),
        7: Field("part", Kind.PART),
        8: Field("inner", Kind.MESSAGE, INNER),
        17: Field("each", Kind.MESSAGES, INNER, most=2),
    },
)
NOTHING = {"small": 0, "truth": False, "chosen": "ZERO", "bytes": b"", "two": b"", "text": ""} | {
    "part": None,
    "inner": None,
    "each": [],
}


def read(raw, shape=SHAPE):
    return read_message(raw, start=0, end=len(raw), shape=shape)


def refused(raw, shape=SHAPE):
    with pytest.raises(NotUnderstood) as refusal:
        read(raw, shape)
    return str(refusal.value)


def test_what_is_absent_has_its_default():
    assert read(b"") == NOTHING
    assert read(message((2, 1))) == NOTHING | {"truth": True}
    assert read(message((8, b""))) == NOTHING | {"inner": {"number": 0}}


def test_all_fields():
    inner = message((1, 300))
    raw = message(
        (1, 5), (2, 1), (3, 1), (4, b"b"), (5, b"tw"), (6, b"\xc3\xa9"), (7, b"part"), (8, inner), (17, inner)
    )
    found = read(raw + message((17, b"")))
    assert raw[slice(*found.pop("part"))] == b"part"
    assert found == {
        "small": 5,
        "truth": True,
        "chosen": "ONE",
        "bytes": b"b",
        "two": b"tw",
        "text": "é",
        "inner": {"number": 300},
        "each": [{"number": 300}, {"number": 0}],
    }


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (message((9, 1)), "field 9 of a message at byte 0 is not known here"),
        (message((1, b"a")), "small of a message at byte 0 has another wire type than its own"),
        (message((4, 1)), "bytes of a message at byte 0 has another wire type than its own"),
        (message((1, 1), (1, 1)), "small of a message at byte 2 is there twice or out of order"),
        (message((4, b"a"), (1, 1)), "small of a message at byte 3 is there twice or out of order"),
        (message((8, b""), (8, b"")), "inner of a message at byte 2 is there twice or out of order"),
        (message((1, 0)), "small of a message at byte 0 is its default, expected it to be left out"),
        (message((4, b"")), "bytes of a message at byte 0 is its default, expected it to be left out"),
        (message((7, b"")), "part of a message at byte 0 is its default, expected it to be left out"),
        (message((1, 2**31)), "small of a message at byte 0 is 2147483648, expected at most 2147483647"),
        (message((2, 2)), "truth of a message at byte 0 is 2, expected at most 1"),
        (message((3, 2)), "chosen of a message at byte 0 is 2, expected one of 0 (ZERO), 1 (ONE)"),
        (message((5, b"a")), "two of a message at byte 0 has 1 bytes, expected 2"),
        (message((6, b"\xff")), "text of a message at byte 0 is not UTF-8"),
        (message((4, b"abc"))[:-1], "bytes of a message at byte 0 has 3 bytes, expected at most the 2 that follow"),
        (message((17, b""), (17, b""), (17, b"")), "each of a message at byte 6 is one too many, expected at most 2"),
        (b"\x08\x81\x00", "a number at byte 1 has more bytes than it needs"),
        (b"\x88\x00\x01", "a number at byte 0 has more bytes than it needs"),
        (b"\x08\x81", "a number at byte 1 goes on behind byte 1"),
        (b"\x08", "a number at byte 1 goes on behind byte 0"),
        (message((8, message((1, 2**63 - 1)))) + b"\x80", "a number at byte 12 goes on behind byte 12"),
        (b"\x42\x0b\x08" + b"\xff" * 9 + b"\x01", "a number at byte 3 has more than 63 bits, or is negative"),
    ],
)
def test_another_spelling_is_refused_at_its_byte(raw, sentence):
    assert refused(raw) == sentence


def test_addresses_are_of_one_network_and_must_be_there():
    shape = Shape("a payment", {1: Field("to", Kind.ADDRESS)})
    assert read(message((1, OWNER)), shape) == {"to": OWNER}
    expected = "expected 21 that begin with 0x41"
    assert refused(message((1, OWNER[:-1])), shape) == (
        f"to of a payment at byte 0 is 20 bytes that begin with 0x41, {expected}"
    )
    assert refused(message((1, b"\xa0" + OWNER[1:])), shape) == (
        f"to of a payment at byte 0 is 21 bytes that begin with 0xa0, {expected}"
    )
    assert refused(b"", shape) == "to of a payment, which ends before byte 0, is missing"
