import pytest

from counterseal.policy.language import syntax
from counterseal.policy.language.lexer import MAX_BYTES, InvalidText, line_and_column
from counterseal.policy.language.parser import parse
from counterseal.policy.language.printer import show


def refusal(text):
    with pytest.raises(InvalidText) as raised:
        parse(text)
    return raised.value


def test_binding_from_loosest_to_tightest():
    tree = parse("a || b && !c == d.e")
    assert isinstance(tree, syntax.Or)
    both = tree.items[1]
    assert isinstance(both, syntax.And)
    assert both.items[1] == syntax.Compare(
        op="==",
        left=syntax.Not(operand=syntax.Name(name="c")),
        right=syntax.Field(target=syntax.Name(name="d"), name="e"),
    )


def test_a_chain_is_one_node_and_brackets_are_kept_apart():
    assert len(parse("a && b && c").items) == 3
    assert parse("(a && b) && c") != parse("a && b && c")
    assert parse("a && (b && c)") != parse("(a && b) && c")


def test_comparisons_do_not_chain():
    assert "do not chain" in str(refusal("1 < 2 < 3"))
    assert "do not chain" in str(refusal("1 in [1] in [true]"))


@pytest.mark.parametrize(
    "text",
    [
        "x[0..10] == '0xa9059cbb'",
        "[1, 2].any(x, x == 1)",
        "[].count() == 0",
        "!(a in ['b', ''])",
        "!!true",
        "m['k'][0].f.contains(!a || b && (c || d))",
        "a.filter(u, u.t.any(t, t == 'x')).count() >= 2",
        "(a == b) != (c in d)",
        "CronSpan('0 9 * * 1-5', '8h', 'UTC') && time.now < Timestamp('2026-01-01T00:00:00Z')",
        "Timestamp == 1",
        "(a || b)[0].c",
        "'multi\nline' == 'ü'",
    ],
)
def test_what_is_printed_parses_to_the_same_tree(text):
    assert parse(show(parse(text))) == parse(text)


def test_blanks_and_line_ends_do_not_matter():
    assert parse("a\n\t&&\r\n  b . c [ 0 .. 2 ]") == parse("a&&b.c[0..2]")


@pytest.mark.parametrize(
    ("text", "line", "column", "found", "expected"),
    [
        ('a == "b"', 1, 6, '"', "a single quote"),
        ("a ==\n 'b", 2, 2, "a string without its closing quote", "'"),
        ("1 + 1 == 2", 1, 3, "+", "no arithmetic"),
        ("a & b", 1, 3, "&", "&&"),
        ("a = b", 1, 3, "=", "=="),
        ("a -1", 1, 3, "-", "no negative numbers"),
        ("// no", 1, 1, "/", "no comments"),
        ("a == {b: 1}", 1, 6, "{", "no struct literals"),
        ("a ==", 1, 5, "the end of the text", "a value"),
        ("a b", 1, 3, "b", "an operator or the end"),
        ("(a", 1, 3, "the end of the text", ")"),
        ("a)", 1, 2, ")", "an operator or the end"),
        ("a.", 1, 3, "the end of the text", "a field or a method"),
        ("a.size()", 1, 3, "the method size", "any, all, filter, count, contains"),
        ("a.any(in, true)", 1, 7, "in", "reserved"),
        ("a.any(x true)", 1, 9, "true", ","),
        ("a[1..]", 1, 6, "]", "the end of the slice"),
        ("a[1..b]", 1, 6, "b", "the end of the slice"),
        ("[1,]", 1, 4, "]", "a value"),
        ("Timestamp(1)", 1, 11, "1", "the arguments of Timestamp are literals"),
        ("", 1, 1, "the end of the text", "a value"),
        ("in == 1", 1, 1, "in", "a value"),
        ("a == 1x", 1, 7, "x", "an operator or the end"),
        ("é == 1", 1, 1, "'é'", "a name"),
    ],
)
def test_a_refusal_says_where_what_and_what_instead(text, line, column, found, expected):
    problem = refusal(text)
    assert line_and_column(text, problem.at) == (line, column)
    assert problem.found == found
    assert expected in problem.expected


def test_length_is_counted_in_bytes():
    parse("'" + "a" * (MAX_BYTES - 2) + "'")
    assert refusal("'" + "ü" * (MAX_BYTES // 2) + "'").expected == "at most 8192"


@pytest.mark.parametrize("text", ["(" * 64 + "a" + ")" * 64, "!" * 63 + "a", "a" + ".b" * 63, "a" + "[0]" * 63])
def test_depth_64_is_allowed(text):
    assert parse(show(parse(text))) == parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 65 + "a" + ")" * 65,
        "[" * 4000 + "]" * 4000,
        "(" * 8000,
        "!" * 2000 + "a",
        "a" + ".b" * 1000,
        "a" + "[0]" * 800,
        "a" + ".count()" * 600,
        "a.any(x," * 65 + "a" + ")" * 65,
    ],
)
def test_deeper_is_refused_without_recursion(text):
    assert "64" in refusal(text).expected


@pytest.mark.parametrize(
    "text",
    ["!" * 8000 + "a", "a" + ".b" * 4000, "a" + "[0]" * 2000, "a" + ".count()" * 1000, "a||" * 1250 + "a", "()" * 4000],
)
def test_what_has_too_many_tokens_is_not_read(text):
    assert refusal(text).found == "more than 2500 tokens"


def test_many_operators_are_not_depth():
    assert len(parse("||".join(["a"] * 1250)).items) == 1250


def test_a_list_has_at_most_1000_items():
    assert len(parse(f"[{','.join(['1'] * 1000)}]").items) == 1000
    assert "1000" in refusal(f"[{','.join(['1'] * 1001)}]").expected


def test_integers_up_to_256_bits():
    assert parse(str(2**256 - 1)) == syntax.Number(value=2**256 - 1)
    assert parse("0007") == syntax.Number(value=7)
    assert parse("0" * 8_000) == syntax.Number(value=0)
    assert parse(f"a[{'0' * 5_000}1]") == parse("a[1]")
    assert parse(f"a[{'0' * 2_500}1..{'0' * 2_500}2]") == parse("a[1..2]")
    assert "2^256" in refusal(str(2**256)).expected
    assert "2^256" in refusal("9" * 8000).expected


def test_equality_ignores_places():
    assert parse("a == 1") == parse("  a  ==  1")
    assert hash(parse("a == 1")) == hash(parse("  a  ==  1"))
    assert parse("a == 1") != parse("a == 2")
    assert parse("a") != parse("'a'")


def test_free_names_are_those_no_lambda_binds():
    tree = parse("a.any(x, x == y && z.all(y, y == x))")
    assert syntax.free_names(tree) == {"a", "y", "z"}
