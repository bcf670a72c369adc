"""The operations whose steps ``policy_steps.py`` times: texts, and the facts and users that they look at."""

from __future__ import annotations

import random
from typing import Any

from counterseal.chains.values import HexText, Numeral
from counterseal.policy import Credential, User

LONG = 200_000

PARAMS: dict[str, Any] = {
    "one": "a",
    "map": {"k": 1},
    "flags": [True] * 400,
    "texts": ["a" * 30] * 400,
    "numbers": list(range(400)),
    "numerals": [Numeral("12345678901234567890")] * 400,
    "structs": [{"id": "a", "n": 1}] * 400,
    "lists": [list(range(400))] * 400,
    "hex": HexText("0x" + "AB" * 20),
    "hexes": [HexText("0x" + "ab" * 20)] * 400,
    "long": "x" * LONG,
    "same": "x" * (LONG - 1) + "x",
    "wide": "\u0416" * LONG,
    "long_hex": HexText("0x" + "ab" * (LONG // 2)),
    "long_upper": "0X" + "AB" * (LONG // 2),
}


def _of(name: str, body: str) -> str:
    return f"activity.params.{name}.any(x, {body})"


def _often(body: str) -> str:
    return _of("flags", body)


EXPRESSIONS = {
    "any: a flag": _often("x"),
    "all: a literal": "activity.params.flags.all(x, true)",
    "filter: all": "activity.params.flags.filter(x, x).count() == 400",
    "and of truths": _often("&&".join(["true"] * 300)),
    "not": _often("!!!!!!!!x"),
    "nested": _often("activity.params.flags.any(y, x == y)"),
    "list literal": _often("[x, true, x].any(y, y)"),
    "fields": _of("structs", "x.id == 'a' && x.n == 1"),
    "lists of lists": _of("lists", "x.count() == 1"),
    "compare text": _of("texts", "x == 'a'"),
    "compare two reads": _of("texts", "x == activity.params.one"),
    "compare numbers": _of("numbers", "x < 5"),
    "compare numerals": _of("numerals", "x < 5"),
    "compare numeral and number": _of("numerals", "x == 5"),
    "compare hex": _of("hexes", "x == activity.params.hex"),
    "compare hex with a text": _of("hexes", "x == '0xABABABABABABABABABABABABABABABABABABABAB'"),
    "compare long texts": _often("activity.params.long == activity.params.same"),
    "compare long hex": _often("activity.params.long_hex == activity.params.long_upper"),
    "slice of a long text": _often(f"activity.params.long[1..{LONG}] == 'a'"),
    "slice of a wide text": _often(f"activity.params.wide[1..{LONG}] == 'a'"),
    "slice of a long hex": _often(f"activity.params.long_hex[1..{LONG}] == 'a'"),
    "short slice": _often("activity.params.long[1..60] == 'a'"),
    "slice looked up": _often(f"activity.params.long[1..{LONG}] in ['a', 'b']"),
    "slice of a list": _often("activity.params.numbers[1..399].count() == 1"),
    "index of a list": _often("activity.params.numbers[7] == 1"),
    "index of a text": _often("activity.params.long[7] == 'a'"),
    "index of a hex": _often("activity.params.long_hex[7] == 'a'"),
    "key of a map": _often("activity.params.map['k'] == 1"),
    "in literals": _of("texts", "x in ['a', 'b', 'c']"),
    "hex in literals": _of("hexes", "x in ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']"),
    "in a list of texts": _often("'b' in activity.params.texts"),
    "long text in a list": _often("activity.params.long in activity.params.texts"),
    "in a list of numbers": _often("7 in activity.params.numbers"),
    "in a list of hexes": _often("activity.params.hex in activity.params.hexes"),
    "in a list of numerals": _often("7 in activity.params.numerals"),
    "contains": _often("activity.params.texts.contains('b')"),
}

_NAMED = [f"approvers.any(u, u.id == 'U{number}')" for number in range(100)]
_CLAUSES = " && ".join("({} || {} || !{})".format(*random.Random(1).sample(_NAMED, 3)) for _ in range(30))

SEARCHES = {
    "out of reach at once": "approvers.filter(u, u.tags.contains('T1')).count() >= 2",
    "thirty named": " && ".join(_NAMED[:30]),
    "contrived": f"{_CLAUSES} && approvers.count() == 50 && approvers.count() == 51",
    "tags": " && ".join(f"approvers.filter(u, u.tags.contains('T{tag}')).count() == {tag + 20}" for tag in range(7)),
    "credentials": " && ".join(
        f"credentials.filter(c, c.type == 'CREDENTIAL_TYPE_{kind}').count() == {kind + 9}" for kind in range(4)
    ),
    "a number out of many": f"approvers.count() in [{', '.join(map(str, range(200, 900)))}]",
    "failing predicates": "approvers.all(u, u.tags[3] == 'T1') && approvers.count() > 60",
    "relations": "approvers.any(a, approvers.any(b, a.id != b.id && a.alias == b.alias)) && approvers.count() == 99",
    "positions": "approvers[0].id == 'U3' && approvers[1].id == 'U9' && approvers.count() == 7",
    "positions that fail": "approvers[50].id == 'U3'",
    "relations of credentials": "credentials.any(a, credentials.any(b, a.id != b.id && a.public_key == b.public_key))",
}

READINGS = {
    "numbers": ("activity.action == 'a' && 1 in [" + ",".join(["1"] * 1000) + "]", "condition"),
    "comparisons": ("&&".join(["1==1"] * 600), "condition"),
    "paths": ("&&".join([f"activity.params.p{number}==1" for number in range(200)]), "condition"),
    "brackets": ("&&".join(["(((((true)))))"] * 200), "condition"),
    "lambdas": ("&&".join(["[1].any(a,a==1)"] * 180), "condition"),
    "negations": ("&&".join(["!!!!!!!!!!true"] * 200), "condition"),
    "spans": ("||".join(["CronSpan('0,1,2 * * * *','1m','UTC')"] * 20), "time"),
    "consensus of many": ("&&".join([f"approvers.any(u,u.id=='U{number}')" for number in range(150)]), "consensus"),
    "consensus of relations": ("&&".join(["approvers.any(a,approvers.any(b,a.id!=b.id))"] * 90), "consensus"),
    "a number out of many": (f"approvers.count() in [{','.join(map(str, range(1000)))}]", "consensus"),
    "deep": ("approvers.any(a," * 30 + "approvers.count()==1&&" * 200 + "true" + ")" * 30, "consensus"),
}

SETS: dict[str, list[dict[str, str]]] = {
    "nothing there": [{"condition": f"eth.tx.value == {number}"} for number in range(100)],
    "many paths": [{"condition": "&&".join([f"activity.params.n{at} == 1" for at in range(150)])}] * 5,
    "false": [{"condition": f"activity.action == '{number}'"} for number in range(100)],
    "failing": [{"condition": f"activity.params.ids[500] == '{number}'"} for number in range(100)],
    "waiting": [
        {"consensus": f"approvers.any(u, u.id == 'U1') && approvers.any(u, u.id == 'U2{number}')"}
        for number in range(100)
    ],
    "denying": [
        *({"consensus": f"approvers.any(u, u.alias == '{number}')", "effect": "EFFECT_DENY"} for number in range(95)),
        *[{"consensus": "approvers.count() >= 2 && approvers.any(u, u.alias == 'user 1')"}] * 5,
    ],
    "large": [
        {"condition": "activity.params.ids.any(x, x in ['a', 'b', 'c'])", "consensus": "approvers.all(u, u.id == 'U1')"}
    ]
    * 100,
}


def crowd() -> list[User]:
    """A hundred users with three credentials each, of whom tags make as many kinds."""
    return [
        User(
            id=f"U{number}",
            tags=tuple(f"T{tag}" for tag in range(7) if number >> tag & 1),
            alias=f"user {number}",
            credentials=tuple(
                Credential(
                    id=f"C{number}-{at}",
                    user_id=f"U{number}",
                    type=f"CREDENTIAL_TYPE_{at % 4}",
                    public_key=f"{number:x}{at:x}",
                )
                for at in range(3)
            ),
        )
        for number in range(100)
    ]
