"""How many connections there may be, and which one goes for another."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.http.addresses import TrustedProxies, client_of
from counterseal.http.open_connections import ConnectionLimits, OpenConnections

LIMITS = ConnectionLimits(connections_max=6, connections_per_address_max=3)


class Peer:
    """A connection of a client, and whether it has been given up."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.is_given_up = False

    def request_bytes(self) -> int:
        return 0

    def reply_bytes(self) -> int:
        return 0

    def give_up(self) -> None:
        self.is_given_up = True

    def __repr__(self) -> str:
        return self.address


@pytest.fixture
def connections() -> OpenConnections:
    return OpenConnections(LIMITS, TrustedProxies(["10.0.0.0/8"]))


def opened(connections: OpenConnections, *addresses: str) -> list[Peer]:
    peers = [Peer(address) for address in addresses]
    for peer in peers:
        assert connections.admit(peer, peer.address)
    return peers


def given_up(peers: list[Peer]) -> list[int]:
    return [number for number, peer in enumerate(peers) if peer.is_given_up]


def test_the_longest_wait_of_the_same_client_goes_first(connections: OpenConnections) -> None:
    others = opened(connections, "192.0.2.1", "192.0.2.2")
    peers = opened(connections, *["203.0.113.7"] * 5)
    assert given_up(peers) == [0, 1]
    assert given_up(others) == []
    assert len(connections) == 5


def test_beyond_the_bound_over_all_the_longest_wait_of_all_goes(connections: OpenConnections) -> None:
    peers = opened(connections, *(f"192.0.2.{number}" for number in range(8)))
    assert given_up(peers) == [0, 1]
    assert len(connections) == LIMITS.connections_max


def test_who_has_just_begun_to_wait_waits_shortest(connections: OpenConnections) -> None:
    peers = opened(connections, *["192.0.2.1"] * 3)
    connections.work(peers[0])
    connections.wait(peers[0])
    opened(connections, "192.0.2.1")
    assert given_up(peers) == [1]


def test_one_that_is_being_answered_does_not_go_for_its_like(connections: OpenConnections) -> None:
    peers = opened(connections, *["192.0.2.1"] * 3)
    for peer in peers:
        connections.work(peer)
    assert not connections.admit(Peer("192.0.2.1"), "192.0.2.1")
    others = opened(connections, *["10.0.0.1"] * 3)
    for other in others:
        connections.work(other)
    assert not connections.admit(Peer("192.0.2.1"), "192.0.2.1")
    assert given_up(peers + others) == []
    connections.wait(others[2])
    opened(connections, "192.0.2.3")
    assert given_up(peers + others) == [5]


def test_if_all_are_being_answered_the_client_with_most_makes_room_for_one_with_fewer(
    connections: OpenConnections,
) -> None:
    peers = opened(connections, "192.0.2.2", *["192.0.2.1"] * 3, *["192.0.2.2"] * 2)
    for peer in peers:
        connections.work(peer)
    late = opened(connections, "192.0.2.3")
    assert given_up(peers) == [0]
    connections.work(late[0])
    later = opened(connections, "192.0.2.3")
    assert given_up(peers) == [0, 1]
    connections.work(later[0])
    assert not connections.admit(Peer("192.0.2.3"), "192.0.2.3"), "all have as many"
    assert given_up(peers) == [0, 1]


def test_an_ipv6_network_is_one_client(connections: OpenConnections) -> None:
    peers = opened(connections, *(f"2001:db8::{number}" for number in range(1, 5)), "2001:db8:0:1::1")
    assert given_up(peers) == [0]


def test_an_ipv4_address_is_the_same_client_however_it_is_written(connections: OpenConnections) -> None:
    peers = opened(connections, "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "::ffff:c000:201")
    assert given_up(peers) == [0]


def test_a_trusted_proxy_speaks_for_many_clients(connections: OpenConnections) -> None:
    proxied = opened(connections, *["10.0.0.1"] * 6)
    assert given_up(proxied) == []
    opened(connections, "192.0.2.1")
    assert given_up(proxied) == [0]


def test_places_are_free_again_when_connections_are_closed(connections: OpenConnections) -> None:
    for _ in range(20):
        peers = opened(connections, *["192.0.2.1"] * 3, *["192.0.2.2"] * 3)
        for peer in peers:
            connections.forget(peer)
            connections.forget(peer)
        assert given_up(peers) == []
    assert len(connections) == 0


ADDRESSES = st.sampled_from(["192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2", "10.0.0.1"])
STEPS = st.lists(st.tuples(st.sampled_from(["open", "work", "wait", "close"]), ADDRESSES, st.integers(0)), max_size=80)


@given(STEPS)
def test_the_bounds_hold_after_any_history(steps: list[tuple[str, str, int]]) -> None:
    connections, alive, at_work = OpenConnections(LIMITS, TrustedProxies(["10.0.0.0/8"])), [], set()
    for step, address, number in steps:
        before = Counter(client_of(each.address) for each in alive)
        if step == "open":
            peer = Peer(address)
            if connections.admit(peer, address):
                alive.append(peer)
                lost = [client_of(each.address) for each in at_work if each.is_given_up]
                assert all(before[client] > before[client_of(address)] + 1 for client in lost)
                assert len(lost) <= 1
            else:
                assert not [each for each in at_work if each.is_given_up]
                own = [each for each in alive if client_of(each.address) == client_of(address)]
                assert set(alive) == at_work or len(own) == LIMITS.connections_per_address_max
                assert set(own) <= at_work
        elif alive:
            peer = alive[number % len(alive)]
            {"work": connections.work, "wait": connections.wait, "close": connections.forget}[step](peer)
            at_work = at_work | {peer} if step == "work" else at_work - {peer}
            alive = [each for each in alive if step != "close" or each is not peer]
        alive = [each for each in alive if not each.is_given_up]
        at_work = {each for each in at_work if not each.is_given_up}
        clients = Counter(client_of(each.address) for each in alive if not each.address.startswith("10."))
        assert len(alive) == len(connections) <= LIMITS.connections_max
        assert max(clients.values(), default=0) <= LIMITS.connections_per_address_max
