"""What is judged is what is carried out: spellings of a request that come to the same have the same facts.

For every version of every kind that is built, requests are spelt anew in each of their texts (upper case, other forms
of a point, zeros, other alphabets of base64, text for numbers, members nobody reads). Whatever of it is accepted and
has the same effect must show policies the same parameters. And for every version in the contract, built or not, values
that the service's own rules call ids, hexadecimal or numbers have one spelling each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from importlib import resources
from pathlib import Path
from typing import Any, get_origin

import msgspec
import pytest
from every_version import ANN, REQUESTS, ROWS, TARGET, organization, secrets_of

from counterseal.activities import Outcome, implemented_kinds
from counterseal.contract import Variant, canonical, intent_of, parse_json, variant, variants_of
from counterseal.contract.errors import Refused
from counterseal.contract.rights import ROOT_QUORUM_ONLY_KINDS
from counterseal.contract.shape import Shape, plain_type
from counterseal.contract.upgrades import can_upgrade
from counterseal.engine.decide.reading import Reading, read, said_as
from counterseal.keystore import FileSeal, Keystore
from counterseal.organizations import Snapshot, View
from counterseal.world import SeededRandom, World
from rows_at_hand import supply
from sample import NOW_MS, uuid

EVIDENCE = {"challenge", "client_data_json", "attestation_object"}
"""Shows that the rest belongs together; it has no effect of its own, and no one spelling."""

UNSEEN = {"encrypted_bundle", "secret_payload", "payload", "payloads", "unsigned_transaction"}
"""Sealed, or signed: no policy sees the text."""


def respelt(text: str) -> Iterator[Any]:
    """Texts that somebody could take for the same."""
    yield text.upper()
    yield text.title()
    yield text.swapcase()
    yield f" {text}"
    yield f"{text}\n"
    yield f"0x{text}"
    yield f"0{text}"
    yield f"000{text}"
    yield f"+{text}"
    yield f"{text}.0"
    yield f"{text}="
    yield f"{text}=="
    yield f"{text}A"
    yield text.replace("-", "+").replace("_", "/")
    yield text.replace("-", "")
    yield "{" + text + "}"
    yield f"urn:uuid:{text}"
    yield text.replace("1", "\N{FULLWIDTH DIGIT ONE}")
    yield "\N{ZERO WIDTH SPACE}" + text
    if text.isdecimal():
        yield int(text)
        yield float(text)
    if text == TARGET.public_point.hex():
        yield TARGET.public_key.hex()
        yield TARGET.public_key.hex().upper()


def spellings(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The request with one of its values spelt otherwise. To leave a member out is no spelling (policies fail on it),
    but for a user: then it is the initiator."""
    for path in _leaves(request):
        value = _at(request, path)
        if isinstance(value, str):
            for other in respelt(value):
                yield _with(request, path, other)
        if isinstance(value, int) and not isinstance(value, bool):
            for other in (str(value), f"0{value}", float(value), bool(value)):
                yield _with(request, path, other)
        if isinstance(value, bool):
            for other in (int(value), str(value).lower()):
                yield _with(request, path, other)
        if path == ("userId",):
            yield _with(request, path, None)
    for path in _objects(request):
        yield _with(request, path, _at(request, path) | {"unknownMember": "x"})


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, (*path, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _leaves(item, (*path, at))
    else:
        yield path


def _objects(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        yield path
    if isinstance(value, dict | list):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _objects(member, (*path, name))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def _with(request: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    if not path:
        return value
    copy = deepcopy(request)
    _at(copy, path[:-1])[path[-1]] = value
    return copy


class Carried(msgspec.Struct, frozen=True):
    """What policies see of a request, and what it does."""

    params: Any
    effect: Any


def carried_out(
    submitted_as: Variant, parameters: dict[str, Any], of: Snapshot, keystore: Keystore
) -> Carried | Refused:
    """Everything random is the same in every run, but for keys that a key store makes."""
    tree = parse_json(json.dumps({"parameters": parameters}).encode())
    view = View(of, initiator_id=ANN)
    try:
        reading = read(said_as(tree, submitted_as), view)
        supply(reading.unit, reading.intent, view, *ROWS, secrets=secrets_of(keystore))
        unit, world = reading.unit, World(NOW_MS, SeededRandom(1))
        checked = unit.open(unit.check(reading.intent, view, world), view, keystore)
        made = None if unit.make is None or checked.work is None else unit.make(checked.work, keystore)
        outcome = unit.carry_out(checked, view, world, keystore, made)
    except Refused as refused:
        return refused
    return Carried(params=_without_evidence(reading.params()), effect=_effect(reading, outcome))


def _effect(reading: Reading, outcome: Outcome) -> Any:
    changes = msgspec.to_builtins([outcome.changes, outcome.new_organization, outcome.rows], enc_hook=repr)
    if reading.submitted_as.kind == "CREATE_READ_WRITE_SESSION":  # its key is made anew each time
        for change in changes[0]:
            change["api_key"]["public_key"] = ""
        return changes, reading.intent.target_public_key.lower()[2:66]
    return changes


def _without_evidence(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_evidence(member) for name, member in value.items() if name not in EVIDENCE | UNSEEN}
    if isinstance(value, list):
        return [_without_evidence(item) for item in value]
    return value


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    directory: Path = tmp_path_factory.mktemp("seal")
    return Keystore.create(FileSeal(directory))[0]


def built() -> list[str]:
    """Every activity type that units and policies get to see."""
    kinds = sorted(implemented_kinds() - ROOT_QUORUM_ONLY_KINDS)  # no policy is asked about these
    variants = (each for kind in kinds for each in variants_of(kind))
    return [each.type.removeprefix("ACTIVITY_TYPE_") for each in variants if can_upgrade(each)]


@pytest.mark.parametrize("name", built())
def test_what_comes_to_the_same_is_seen_as_the_same(name: str, keystore: Keystore) -> None:
    submitted_as, request = variant(f"ACTIVITY_TYPE_{name}"), REQUESTS[name]
    of = organization()
    plain = carried_out(submitted_as, request, of, keystore)
    assert isinstance(plain, Carried), plain
    accepted = 0
    for other in spellings(request):
        done = carried_out(submitted_as, other, of, keystore)
        if isinstance(done, Carried):
            accepted += 1
            if done.effect == plain.effect:
                assert done.params == plain.params, other
    assert accepted or not request, "or this test tests nothing"


@pytest.mark.parametrize("name", [name for name in built() if REQUESTS[name]])
def test_a_reading_is_its_own_spelling(name: str, keystore: Keystore) -> None:
    submitted_as = variant(f"ACTIVITY_TYPE_{name}")
    once = canonical(intent_of({"parameters": REQUESTS[name]}, submitted_as))
    assert canonical(once) is once


def model_fields() -> list[tuple[Variant, str, str]]:
    """Every member of every intent whose published rule says that it is an id, hexadecimal, or a number."""
    text = resources.files("counterseal.contract").joinpath("data", "activities.json").read_text()
    found = []
    for operation in json.loads(text):
        for each in operation["variants"]:
            for field in each["intent_fields"]:
                rules = (field.get("validate") or "").split(",")
                rule = next((rule for rule in ("uuid", "hexadecimal", "numeric") if rule in rules), None)
                if rule is not None:
                    found.append((variant(each["type"]), field["name"], rule))
    return found


CARD = {"number", "cvv", "expiryMonth", "expiryYear"}
"""Digits that are no numbers: a zero more is another card."""

SPELLINGS: dict[str, Callable[[str], str]] = {
    "uuid": str.upper,
    "hexadecimal": str.upper,
    "numeric": lambda text: f"00{text}",
}
VALUES = {"uuid": uuid(0xABCDEF), "hexadecimal": TARGET.public_point.hex(), "numeric": "60"}


@pytest.mark.parametrize("rule", VALUES)
def test_the_rules_of_the_model_have_one_spelling_each(rule: str) -> None:
    seen = 0
    for submitted_as, field, named in model_fields():
        member = next(each for each in msgspec.structs.fields(submitted_as.intent) if each.encode_name == field)
        if named != rule or field in CARD or plain_type(member.type) is int:
            continue
        plain, other = (
            _intent_with(submitted_as.intent, member, text) for text in (VALUES[rule], SPELLINGS[rule](VALUES[rule]))
        )
        assert canonical(other) == canonical(plain) == plain, (submitted_as.type, field)
        seen += 1
    assert seen > 5, "or this test tests nothing"


def _intent_with(shape: type[Shape], member: msgspec.structs.FieldInfo, text: str) -> Shape:
    """An intent of which only this member is looked at."""
    blank = {each.name: _blank(each.type) for each in msgspec.structs.fields(shape) if each.required}
    return shape(**blank | {member.name: [text] if get_origin(plain_type(member.type)) is list else text})


def _blank(annotation: Any) -> Any:
    kind = plain_type(annotation)
    if get_origin(kind) is list:
        return []
    if isinstance(kind, type) and issubclass(kind, Shape):
        return kind(**{each.name: _blank(each.type) for each in msgspec.structs.fields(kind) if each.required})
    return ""
