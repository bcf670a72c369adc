import re

import pytest

from counterseal.contract.coverage import coverage_page
from counterseal.contract.operations import all_operations


def row(page: str, path: str) -> str:
    return next(line for line in page.splitlines() if f"`{path}`" in line)


def test_every_path_once_under_its_tag():
    page = coverage_page(set(), set())
    assert sorted(re.findall(r"^\| `(\S+)`", page, re.MULTILINE)) == sorted(each.path for each in all_operations())
    assert "0 of 204 operations." in page
    assert page.count("## API Keys") == 1
    assert "✓" not in page


def test_what_is_implemented():
    page = coverage_page({"CREATE_API_KEYS"}, {"get_api_keys"})
    assert "2 of 204 operations." in page
    assert row(page, "/public/v1/submit/create_api_keys") == "| `/public/v1/submit/create_api_keys` | V2, V1 | ✓ |"
    assert row(page, "/public/v1/query/get_api_keys") == "| `/public/v1/query/get_api_keys` |  | ✓ |"
    assert row(page, "/public/v1/query/get_api_key").endswith("|  |  |")


def test_versions_that_are_refused_stand_in_parentheses():
    page = coverage_page(set(), set())
    assert "| V3, (V2), (V1) |" in row(page, "/public/v1/submit/create_policy")
    assert "| V1 |" in row(page, "/public/v1/submit/eth_undelegate_7702")


def test_names_that_the_api_does_not_have():
    with pytest.raises(ValueError, match=r"CREATE_API_KEY$"):
        coverage_page({"CREATE_API_KEY"}, set())
    with pytest.raises(ValueError, match="get_keys"):
        coverage_page(set(), {"get_keys"})
    with pytest.raises(ValueError, match="get_api_keys"):
        coverage_page({"get_api_keys"}, set())
