"""Signed notes and checkpoints: who is believed, and what cannot be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterseal.ledger import Checkpoint, Malformed, Note, NotProven, SignatureType, Signer, VerifierKey, trust
from counterseal.ledger.keys import signed_message
from counterseal.ledger.notes import SIGNATURES_MAX, Signature
from logs import LOG, ORIGIN, WITNESS, signer

ROOT = bytes(range(32))
NOTE = Checkpoint(ORIGIN, 7, ROOT).note.signed(LOG)
STRANGERS = [signer(f"stranger.example/{number}", str(number)) for number in range(SIGNATURES_MAX)]
OTHER_WITNESS = signer("witness.example/w2", "w2", SignatureType.COSIGNATURE)
TIME_S = 1_790_000_000


def broken(signature: Signature) -> Signature:
    return signature._replace(content=bytes((signature.content[0] ^ 1,)) + signature.content[1:])


def test_unknown_signatures_are_ignored() -> None:
    note = NOTE
    for stranger in STRANGERS[: SIGNATURES_MAX - 1]:
        note = note.signed(stranger)
    spoilt = replace(note, signatures=(*note.signatures[:1], *map(broken, note.signatures[1:])))
    assert Note.of(spoilt.content).check([LOG.key]) == {LOG.key: None}


def test_a_note_has_at_most_so_many_signatures() -> None:
    note = NOTE
    for stranger in STRANGERS:
        note = note.signed(stranger)
    with pytest.raises(Malformed):
        Note.of(note.content)


def test_a_known_signature_that_fails_spoils_the_note() -> None:
    note = NOTE.signed(STRANGERS[0])
    spoilt = replace(note, signatures=(note.signatures[0], broken(note.signatures[1])))
    assert spoilt.check([LOG.key])
    with pytest.raises(NotProven):
        spoilt.check([LOG.key, STRANGERS[0].key])


def test_a_note_that_nobody_known_has_signed_is_not_believed() -> None:
    with pytest.raises(NotProven):
        NOTE.check([STRANGERS[0].key])
    same_name = signer(ORIGIN, "another key")
    same_id = replace(NOTE, signatures=(NOTE.signatures[0]._replace(name="b.example"),))
    for note, key in ((NOTE, same_name.key), (same_id, LOG.key)):
        with pytest.raises(NotProven):
            note.check([key])


@pytest.mark.parametrize("change", ["text", "time", "short", "type"])
def test_a_cosignature_binds_text_and_time(change: str) -> None:
    note = NOTE.signed(WITNESS, time_s=TIME_S)
    assert note.check([WITNESS.key]) == {WITNESS.key: TIME_S}
    theirs = note.signatures[1]
    if change == "text":
        note = replace(note, text=note.text.replace("7", "8"))
    elif change == "time":
        note = replace(note, signatures=(theirs._replace(content=bytes(8) + theirs.content[8:]),))
    elif change == "short":
        note = replace(note, signatures=(theirs._replace(content=theirs.content[:-1]),))
    else:  # a signature over the text alone, where a cosignature belongs
        note = replace(
            note, signatures=(theirs._replace(content=theirs.content[:8] + WITNESS.sign(note.text.encode())),)
        )
    with pytest.raises(NotProven):
        note.check([WITNESS.key])


def test_a_cosignature_is_no_signature_of_a_log() -> None:
    """The same key in both roles: what it signed in one is nothing in the other."""
    as_log = Signer(VerifierKey(WITNESS.key.name, SignatureType.LOG, WITNESS.key.public_key), WITNESS.sign)
    assert as_log.key.id != WITNESS.key.id
    cosignature = WITNESS.sign(signed_message(NOTE.text, TIME_S))
    forged = replace(NOTE, signatures=(Signature(as_log.key.name, as_log.key.id, cosignature),))
    with pytest.raises(NotProven):
        forged.check([as_log.key])


def test_trust_wants_the_log_and_a_quorum() -> None:
    keys = [LOG.key.text], [WITNESS.key.text, OTHER_WITNESS.key.text]
    once = NOTE.signed(WITNESS, time_s=TIME_S)
    both = once.signed(OTHER_WITNESS, time_s=TIME_S + 1)
    assert trust(*keys, quorum=2).checkpoint_of(both).size == 7
    assert trust(*keys, quorum=1).checkpoint_of(once).root == ROOT
    for note, quorum in ((once, 2), (NOTE, 1)):
        with pytest.raises(NotProven):
            trust(*keys, quorum=quorum).checkpoint_of(note)
    with pytest.raises(NotProven):  # signed by witnesses alone
        trust(*keys).checkpoint_of(replace(both, signatures=both.signatures[1:]))
    foreign = Checkpoint("other.example/log", 7, ROOT).note.signed(LOG)
    with pytest.raises(NotProven):  # the key of one log does not speak for another
        trust(*keys).checkpoint_of(foreign)


@pytest.mark.parametrize(
    ("log_keys", "witness_keys", "quorum"),
    [
        ([], [], 0),
        ([LOG.key.text], [], 1),
        ([LOG.key.text], [], -1),
        ([WITNESS.key.text], [], 0),
        ([LOG.key.text], [LOG.key.text], 0),
    ],
)
def test_trust_that_makes_no_sense(log_keys: list[str], witness_keys: list[str], quorum: int) -> None:
    with pytest.raises(Malformed):
        trust(log_keys, witness_keys, quorum=quorum)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\nname AAAAAAA=\n",
        "text\n\n— name AAAAAAA=".encode(),
        "text\n\n— name AAAAAA==\n".encode(),  # four bytes: an id, and nothing signed
        "text\n\n— name AAAAAAB=\n".encode(),  # bits behind the last byte
        "text\n\n— na+me AAAAAAA=\n".encode(),
        "text\n\n— AAAAAAA=\n".encode(),
        "text\n\n—  AAAAAAA=\n".encode(),
        "text\n\n— na\u2003me AAAAAAA=\n".encode(),
        "te\txt\n\n— name AAAAAAA=\n".encode(),
        "text\n\n— name AAAAAAA=\r\n".encode(),
        b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        "text\n\n— name AAAAAAA=\n— name\n".encode(),
    ],
    ids=repr,
)
def test_what_is_no_note(content: bytes) -> None:
    with pytest.raises(Malformed):
        Note.of(content)


@pytest.mark.parametrize(
    "text",
    [
        "a\n1\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n9223372036854775808\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n",
        "a\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\nextension\n",
    ],
)
def test_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.of(text)


def test_extension_lines_are_kept() -> None:
    found = Checkpoint.of(f"{NOTE.text}extension 1\n")
    assert found.extensions == ("extension 1",)
    assert found.text == f"{NOTE.text}extension 1\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00000000",
        LOG.key.text[:-1],
        LOG.key.text.replace("945868a7", "945868a8"),
        LOG.key.text.replace("945868a7", "945868A7"),
        LOG.key.text.replace("945868a7", "94 868a7"),
        "name+00000000+",
        f"name+00000000+{'A' * 600}",
        LOG.key.text.replace("+AY", "+CY"),
    ],
)
def test_what_is_no_verifier_key(text: str) -> None:
    if text.lower() != LOG.key.text.lower() or text == LOG.key.text:
        with pytest.raises(Malformed):
            VerifierKey.of_text(text)
