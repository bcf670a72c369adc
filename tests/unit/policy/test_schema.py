from counterseal.chains.values import HexText
from counterseal.policy import facts
from counterseal.policy.language.schema import KEYWORDS, STRUCTS
from counterseal.policy.language.types import ANY, INT, STRING, Type, fields_of, join, keywords_of, read


def test_every_type_in_the_table_can_be_read():
    for place in KEYWORDS:
        keywords_of(place)
    for struct in STRUCTS:
        fields_of(struct)


def test_every_struct_is_used():
    def named(kind):
        return {kind.struct} | (named(kind.item) if kind.item else set())

    used = set()
    for fields in [*map(keywords_of, KEYWORDS), *map(fields_of, STRUCTS)]:
        for each in fields.values():
            used |= named(each.type)
    assert used - {""} == set(STRUCTS)


def test_no_keyword_belongs_to_two_places():
    names = [name for keywords in KEYWORDS.values() for name in keywords]
    assert len(names) == len(set(names))


def test_types():
    assert str(read("list<map<int>>?").type) == "list<map<int>>"
    assert read("int?").optional
    assert not read("hex").optional
    assert join(STRING, Type("string", hex=True)) == STRING
    assert join(INT, STRING) is None
    assert join(read("list<any>").type, read("list<int>").type) == Type("list", item=ANY)


def test_facts_follow_the_table():
    made = facts(
        {
            "eth": {"tx": {"to": "0xABcd", "from": "name.eth", "data": "0xAB", "nonce": 3, "contract_call_args": None}},
            "solana": None,
            "wallet_account": {"address": "0XAB", "path_indexes": (1, 2)},
            "unknown": {"x": "0xAB"},
        }
    )
    transaction = made["eth"]["tx"]
    assert transaction["to"] == "0xabcd"
    assert type(transaction["to"]) is HexText
    assert type(transaction["from"]) is str
    assert type(transaction["data"]) is str
    assert "contract_call_args" not in transaction
    assert "solana" not in made
    assert made["wallet_account"] == {"address": "0xab", "path_indexes": [1, 2]}
    assert type(made["unknown"]["x"]) is str
