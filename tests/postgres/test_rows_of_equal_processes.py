"""Rows of an organization, altered by several processes at once: limits and names are exact, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

from served import RunningServer
from wallet_samples import ethereum

_NUMBERS = count()
URL = "https://hooks.example.com/"


def submit(server: RunningServer, kind: str, parameters: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    # No two have the same bytes, even of the same millisecond: those would be one activity.
    status, reply = server.submit(kind.lower(), kind, parameters, nonce=next(_NUMBERS))
    return status, next(iter(reply["activity"]["result"].values())) if status == 200 else reply


def test_a_limit_is_exact_whichever_process_is_asked(servers: list[RunningServer]) -> None:
    def make(number: int) -> int:
        parameters = {"url": URL, "name": f"hook {number}"}
        return submit(servers[number % 2], "CREATE_WEBHOOK_ENDPOINT", parameters)[0]

    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(make, range(24))) == [200] * 10 + [429] * 14
    lists = [server.query("list_webhook_endpoints")[1]["webhookEndpoints"] for server in servers]
    assert lists[0] == lists[1]
    assert len(lists[0]) == 10


def test_one_of_all_that_want_a_name_gets_it(servers: list[RunningServer]) -> None:
    def make(number: int) -> int:
        return submit(servers[number % 2], "CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": f"tag {number // 8}"})[0]

    with ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(make, range(32)))
    for start in range(0, 32, 8):
        assert sorted(statuses[start : start + 8]) == [200] + [400] * 7


def test_a_row_that_all_alter_keeps_what_each_has_done(servers: list[RunningServer]) -> None:
    _, made = submit(servers[0], "CREATE_WEBHOOK_ENDPOINT", {"url": URL, "name": "hook"})
    changes = [{"name": "new"}, {"isActive": False}, {"url": "https://example.com"}] * 8

    def change(number: int) -> int:
        parameters = {"endpointId": made["endpointId"]} | changes[number]
        return submit(servers[number % 2], "UPDATE_WEBHOOK_ENDPOINT", parameters)[0]

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(change, range(len(changes)))) == {200}
    for server in servers:
        (shown,) = server.query("list_webhook_endpoints")[1]["webhookEndpoints"]
        assert (shown["name"], shown["isActive"], shown["url"]) == ("new", False, "https://example.com")
    removal = {"endpointId": made["endpointId"]}

    def remove(number: int) -> int:
        return submit(servers[number % 2], "DELETE_WEBHOOK_ENDPOINT", removal)[0]

    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(remove, range(6))) == [200] + [404] * 5


def test_one_of_all_that_want_a_path_gets_it(servers: list[RunningServer]) -> None:
    _, made = submit(servers[0], "CREATE_WALLET", {"walletName": "shared", "accounts": []})

    def derive(number: int) -> int:
        parameters = {"walletId": made["walletId"], "accounts": [ethereum(number // 8)]}
        return submit(servers[number % 2], "CREATE_WALLET_ACCOUNTS", parameters)[0]

    with ThreadPoolExecutor(16) as threads:
        statuses = list(threads.map(derive, range(32)))
    for start in range(0, 32, 8):
        assert sorted(statuses[start : start + 8]) == [200] + [409] * 7
    lists = [server.query("list_wallet_accounts", walletId=made["walletId"])[1]["accounts"] for server in servers]
    assert lists[0] == lists[1]
    assert len(lists[0]) == 4


def test_nothing_is_left_of_a_wallet_that_goes_while_others_derive(servers: list[RunningServer]) -> None:
    _, made = submit(servers[0], "CREATE_WALLET", {"walletName": "short-lived", "accounts": [ethereum(100)]})
    wallet_id = made["walletId"]

    def take(number: int) -> tuple[int, int]:
        server = servers[number % 2]
        if number == 9:
            return number, submit(server, "DELETE_WALLETS", {"walletIds": [wallet_id], "deleteWithoutExport": True})[0]
        parameters = {"walletId": wallet_id, "accounts": [ethereum(number)]}
        return number, submit(server, "CREATE_WALLET_ACCOUNTS", parameters)[0]

    with ThreadPoolExecutor(16) as threads:
        statuses = dict(threads.map(take, range(24)))
    assert statuses.pop(9) == 200
    assert set(statuses.values()) <= {200, 404}
    for server in servers:
        accounts = server.query("list_wallet_accounts", paginationOptions={"limit": "100"})[1]["accounts"]
        assert wallet_id not in {each["walletId"] for each in accounts}
