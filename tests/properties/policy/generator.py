"""Random policies, facts and votes, driven by the schema table: expressions are well typed, facts often fit them."""

from __future__ import annotations

from functools import cache

from counterseal.chains.values import HexText, Numeral, Unusable
from counterseal.policy import Approval, Credential, Request, RootQuorum, Roster, User, facts
from counterseal.policy.language import syntax
from counterseal.policy.language.types import ANY, BOOL, INT, STRING, TIMESTAMP, Type, fields_of, keywords_of

INTEGERS = (0, 1, 2, 3, 5, 10, 10**18, 2**63, 2**127, 2**256 - 1)
STRINGS = ("", "a", "ab", "U1", "U2", "U3", "T1", "T2", "SIGN", "0xAbCdef", "0xabcdef", "0xa9059cbb0000", "1", "10")
USERS = ("U1", "U2", "U3", "U4", "U5")
TAGS = ("T1", "T2", "T3")
TYPES = ("CREDENTIAL_TYPE_API_KEY_P256", "CREDENTIAL_TYPE_WEBAUTHN_AUTHENTICATOR")
INSTANTS = ("2026-03-01T00:00:00Z", "2026-03-08T06:59:00Z", "2026-03-08T07:00:00+00:00", "2026-11-01t05:30:00z")
SPANS = (
    ("0 9 * * 1-5", "8h", "America/New_York"),
    ("30 1,2 * * *", "1h30m", "America/New_York"),
    ("*/1 * * * *".replace("*/1", "*"), "2m", "UTC"),
    ("15,45 0-6 1-7 3,11 0", "45m", "Europe/London"),
    ("0 22 * * *", "8h", "Australia/Lord_Howe"),
)
ROOMS = (
    "activity",
    "eth",
    "solana",
    "tron",
    "bitcoin",
    "tempo",
    "wallet",
    "wallets",
    "private_key",
    "wallet_account",
    "secret",
)


@cache
def paths(place, keywords):
    """All reads of up to four fields from a keyword: (type, tree)."""
    found, edge = (
        [],
        [(each.type, syntax.Name(name=name)) for name, each in keywords_of(place).items() if name in keywords],
    )
    for _ in range(4):
        found += edge
        edge = [
            (field.type, syntax.Field(target=tree, name=name))
            for kind, tree in edge
            if kind.struct
            for name, field in fields_of(kind.struct).items()
        ]
    return [(kind, tree) for kind, tree in found if kind.struct == ""]


def fits(kind, wanted):
    """Whether a value of type ``kind`` may stand where ``wanted`` is asked for."""
    return kind == ANY or (kind.name == wanted.name and (wanted.item is None or kind.item == wanted.item))


class Expressions:
    """``random`` chooses; ``keywords`` are those an expression may use."""

    def __init__(self, random, place, keywords):
        self.random, self.place, self.keywords = random, place, tuple(keywords)

    def make(self, depth=3):
        return self.truth(depth, ())

    def truth(self, depth, variables):
        pick = self.random.random()
        if depth <= 0 or pick < 0.04:
            found = self.read(BOOL, variables) if self.random.random() < 0.4 else None
            return found or self.comparison(0, variables)
        if pick < 0.34:
            items = tuple(self.truth(depth - 1, variables) for _ in range(self.random.choice((2, 2, 3))))
            return self.random.choice((syntax.And, syntax.Or))(items=items)
        if pick < 0.42:
            return syntax.Not(operand=self.truth(depth - 1, variables))
        if pick < 0.62:
            return self.quantifier(("any", "all"), depth, variables)
        if pick < 0.66 and self.place == "time":
            return syntax.Call(name="CronSpan", arguments=self.random.choice(SPANS))
        return self.comparison(depth, variables)

    def comparison(self, depth, variables):
        if self.place == "consensus" and not variables and self.random.random() < 0.8:
            count = syntax.Count(target=self.any_list(max(depth, 1), variables)[1])
            op = self.random.choice((">=", ">=", "==", "!=", "<", ">", "<="))
            other = self.literal(INT) if self.random.random() < 0.8 else self.value(INT, 1, variables)
            return syntax.Compare(op=op, left=count, right=other)
        kinds = {"time": (TIMESTAMP,), "consensus": (STRING,)}.get(self.place, (INT, INT, STRING, STRING, STRING, BOOL))
        kind = self.random.choice(kinds if depth > 0 or len(kinds) == 1 else kinds[:-1])
        left = self.value(kind, depth - 1, variables)
        pick = self.random.random()
        if pick < 0.15:
            return syntax.Compare(op="in", left=left, right=self.list_of(kind, depth - 1, variables))
        if pick < 0.25:
            return syntax.Contains(target=self.list_of(kind, depth - 1, variables), item=left)
        ordered = ("<", "<=", ">", ">=") if kind in (INT, TIMESTAMP) else ()
        op = self.random.choice(("==", "!=", "==", *ordered))
        return syntax.Compare(op=op, left=left, right=self.value(kind, depth - 1, variables, literal=0.7))

    def value(self, kind, depth, variables, literal=0.15):
        if kind == BOOL:
            return self.truth(min(depth, 1), variables)
        if self.random.random() < literal:
            return self.literal(kind)
        if kind == INT and (depth > 0 and self.random.random() < 0.4):
            return syntax.Count(target=self.any_list(depth - 1, variables)[1])
        pick = self.random.random()
        if depth > 0 and pick < 0.1:
            target = self.list_of(kind, depth - 1, variables)
            return syntax.Index(target=target, index=self.value(INT, 0, variables, literal=0.9))
        if depth > 0 and pick < 0.2 and kind == STRING:
            target = self.value(STRING, depth - 1, variables)
            start = self.random.randrange(4)
            return syntax.Slice(target=target, start=start, end=start + self.random.randrange(4))
        return self.read(kind, variables) or self.literal(kind)

    def literal(self, kind):
        if kind == INT:
            return syntax.Number(value=self.random.choice(INTEGERS[:6] if self.random.random() < 0.8 else INTEGERS))
        if kind == TIMESTAMP:
            return syntax.Call(name="Timestamp", arguments=(self.random.choice(INSTANTS),))
        if kind == BOOL:
            return syntax.Truth(value=self.random.random() < 0.5)
        if self.place == "consensus":
            return syntax.Text(value=self.random.choice((*USERS, *TAGS, *TAGS, *TYPES, "a")))
        return syntax.Text(value=self.random.choice(STRINGS))

    def read(self, kind, variables):
        known = [(each, syntax.Name(name=name)) for name, each in variables]
        known += [
            (field.type, syntax.Field(target=tree, name=name))
            for each, tree in known
            if each.struct
            for name, field in fields_of(each.struct).items()
        ]
        nearby = [tree for each, tree in known if fits(each, kind)]
        if nearby and self.random.random() < 0.7:
            return self.random.choice(nearby)
        reads = self.reads(variables)
        fitting = [tree for each, tree in reads if fits(each, kind)]
        maps = [tree for each, tree in reads if each.name == "map" and fits(each.item, kind)]
        if maps and self.random.random() < 0.2:
            return syntax.Index(
                target=self.random.choice(maps), index=syntax.Text(value=self.random.choice(("a", "b")))
            )
        return self.random.choice(fitting) if fitting else None

    def reads(self, variables):
        """The paths of one keyword, which no variable hides."""
        open_keywords = sorted(set(self.keywords) - {name for name, _ in variables})
        return paths(self.place, (self.random.choice(open_keywords),)) if open_keywords else []

    def list_of(self, kind, depth, variables):
        wanted = Type("list", item=kind)
        if self.random.random() < 0.4 and (found := self.read(wanted, variables)) is not None:
            return found
        return syntax.ListOf(items=tuple(self.literal(kind) for _ in range(self.random.randrange(4))))

    def any_list(self, depth, variables):
        """(item type, tree) of some list: a fact, a filtered one, part of one, or a literal."""
        lists = [(each.item, tree) for each, tree in self.reads(variables) if each.name == "list"]
        lists += [
            (field.type.item, syntax.Field(target=syntax.Name(name=name), name=inner))
            for name, each in variables
            if each.struct
            for inner, field in fields_of(each.struct).items()
            if field.type.name == "list"
        ]
        if not lists or self.random.random() < 0.05:
            item, target = STRING, self.list_of(STRING, depth, variables)
        else:
            item, target = self.random.choice(lists)
        pick = self.random.random()
        if depth > 0 and pick < 0.35:
            return item, self.filtered(item, target, depth, variables)
        if pick < 0.38:
            return item, syntax.Slice(target=target, start=0, end=self.random.randrange(3))
        return item, target

    def filtered(self, item, target, depth, variables):
        body, variable = self.body(item, depth, variables)
        return syntax.Quantifier(kind="filter", target=target, variable=variable, body=body)

    def quantifier(self, kinds, depth, variables):
        item, target = self.any_list(depth - 1, variables)
        body, variable = self.body(item, depth, variables)
        return syntax.Quantifier(kind=self.random.choice(kinds), target=target, variable=variable, body=body)

    def body(self, item, depth, variables):
        variable = self.random.choice(("u", "v", "approvers", "x"))
        inner = (*[each for each in variables if each[0] != variable], (variable, item))
        return self.truth(min(depth - 1, 2), inner), variable


def some_facts(random, keywords):
    plain = {}
    for keyword in keywords:
        field = keywords_of("condition")[keyword]
        if keyword == "activity" or random.random() < 0.9:
            plain[keyword] = some_value(random, field.type)
    return facts(plain)


def some_value(random, kind):
    """Mostly a value of the type; now and then none that can be used, or one of another type."""
    pick = random.random()
    if pick < 0.01:
        return Unusable("not here")
    if pick < 0.015:
        return random.choice((True, 1, "1", [], {}))
    if kind.struct:
        return {
            name: some_value(random, field.type)
            for name, field in fields_of(kind.struct).items()
            if random.random() < (0.75 if field.optional else 0.995)
        }
    if kind.name == "list":
        return [some_value(random, kind.item) for _ in range(random.randrange(4))]
    if kind.name == "map":
        return {key: some_value(random, kind.item) for key in ("a", "b") if random.random() < 0.8}
    if kind == INT:
        return random.choice(INTEGERS)
    if kind == BOOL:
        return random.random() < 0.5
    if kind == ANY:
        return random.choice(
            (0, 1, 10, "a", True, ["a", 1], Numeral("10"), Numeral("0"), HexText("0xABCDEF"), {"a": 1})
        )
    return random.choice(STRINGS)


def some_user(random, name):
    credentials = tuple(
        Credential(
            id=f"{name}-{index}",
            user_id=name,
            type=random.choice(TYPES),
            public_key=random.choice(("a", "ab")),
            credential_id=random.choice((None, "a")),
        )
        for index in range(random.choice((0, 1, 1, 2)))
    )
    tags = tuple(tag for tag in TAGS if random.random() < 0.4)
    return User(
        id=name, tags=tags, email=random.choice(("", "a")), alias=random.choice(("a", "ab")), credentials=credentials
    )


def some_request(random, keywords):
    users = [some_user(random, name) for name in USERS[: random.choice((2, 3, 3, 4, 4))]]
    given = some_facts(random, keywords)
    approvals = []
    for user in random.sample(users, random.choice((1, 1, 1, 2, 2, 3)) if len(users) > 2 else 1):
        credential = random.choice(user.credentials) if user.credentials else None
        approvals.append(Approval(user, credential))
        if random.random() < 0.05 and user.credentials:
            approvals.append(Approval(user, random.choice(user.credentials)))
    several = isinstance(given.get("eth"), dict) and random.random() < 0.1
    transaction = Type("struct", struct="EthereumTransaction")
    calls = [some_value(random, transaction) for _ in range(random.choice((1, 2, 3)) if several else 0)]
    return Request(
        facts=given,
        approvals=tuple(approvals),
        roster=Roster(users),
        root_quorum=RootQuorum(
            threshold=random.choice((0, 1, 2)), user_ids=frozenset(random.sample(("U1", "U2", "R1", "R2"), 2))
        )
        if random.random() < 0.3
        else RootQuorum(threshold=1, user_ids=frozenset({"R"})),
        now_ms=1_772_323_200_000 + random.randrange(-1, 365 * 24 * 60) * 60_000 + random.choice((0, 1, 59_999)),
        calls=tuple(facts({"eth": {"tx": call}}) for call in calls if isinstance(call, dict)),
        root_quorum_only=random.random() < 0.03,
        owner_id=random.choice(("U1", "U2", None, None, None)),
    )


def some_policy(random, keywords):
    """(effect, condition, consensus, time): trees, or None."""
    condition = Expressions(random, "condition", keywords).make(random.choice((1, 2, 3)))
    consensus = Expressions(random, "consensus", ("approvers", "credentials")).make(random.choice((1, 2, 3)))
    time = Expressions(random, "time", ("time",)).make(2)
    return (
        random.choice(("EFFECT_ALLOW", "EFFECT_ALLOW", "EFFECT_DENY")),
        condition if random.random() < 0.6 else None,
        consensus if random.random() < 0.75 else None,
        time if random.random() < 0.1 else None,
    )
