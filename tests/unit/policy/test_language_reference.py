"""docs/policy-language.md: its recipes hold, and it names every keyword and field."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from counterseal.policy import Policy, PolicyCase, check_policy, compile_policy, lint, run_case
from counterseal.policy.language.schema import KEYWORDS, STRUCTS

PAGE = (Path(__file__).parents[3] / "docs" / "policy-language.md").read_text()
RECIPES = re.findall(r"^### \d+\. (.+?)\n.*?```json\n(.*?)```.*?```json\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)


def policies_of(text):
    return [msgspec.convert({"id": str(n)} | policy, Policy) for n, policy in enumerate(json.loads(text))]


def test_there_are_ten_recipes():
    assert len(RECIPES) == 10


@pytest.mark.parametrize(("title", "policies", "cases"), RECIPES, ids=[title for title, _, _ in RECIPES])
def test_recipe(title, policies, cases):
    given = policies_of(policies)
    for policy in given:
        check_policy(condition=policy.condition, consensus=policy.consensus, time=policy.time)
    results = [run_case(msgspec.convert(case, PolicyCase), policies=given) for case in json.loads(cases)]
    assert len({result.expected for result in results}) > 1
    for result in results:
        assert result.passed, result.explanation


@pytest.mark.parametrize(
    ("title", "policies"), [recipe[:2] for recipe in RECIPES], ids=[title for title, _, _ in RECIPES]
)
def test_no_recipe_deserves_a_warning(title, policies):
    found = lint([compile_policy(policy) for policy in policies_of(policies)])
    assert found == []


@pytest.mark.parametrize("struct", STRUCTS)
def test_every_field_is_in_the_reference(struct):
    fields = ", ".join(f"`{name}` {kind}" for name, kind in STRUCTS[struct].items())
    assert f"- **{struct}**: {fields}\n" in PAGE


@pytest.mark.parametrize("place", KEYWORDS)
def test_every_keyword_is_in_the_reference(place):
    row = re.search(rf"^\| {place} \| (.*) \|$", PAGE.split("## Keywords")[1], re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row[1])) == set(KEYWORDS[place])
