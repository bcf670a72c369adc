"""Bytes that are held for clients: the bound, and who goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counterseal.http.held_bytes import UNCOUNTED_BYTES_MAX, HeldBytes

MOST = 10 * UNCOUNTED_BYTES_MAX


class Desk:
    """Clients by name: what is held for each, who is being served, and who has been sent away, in turn."""

    def __init__(self) -> None:
        self.sizes: dict[str, int] = {}
        self.served: set[str] = set()
        self.gone: list[str] = []
        self.held = HeldBytes[str](
            MOST,
            bytes_of=lambda name: self.sizes.get(name, 0),
            may_go=lambda name: name not in self.served,
            give_up=self.send_away,
        )

    def send_away(self, name: str) -> None:
        self.gone.append(name)
        self.sizes[name] = 0

    def hold(self, name: str, size: int) -> bool:
        self.sizes[name] = size
        self.held.look(name)
        return self.held.make_room()


def test_nobody_goes_while_there_is_room() -> None:
    desk = Desk()
    assert all(desk.hold(name, MOST // 4) for name in "abcd")
    assert (desk.gone, desk.held.total) == ([], MOST)


def test_the_oldest_goes_first_and_only_as_many_as_must() -> None:
    desk = Desk()
    for name in "abcd":
        desk.hold(name, MOST // 4)
    assert desk.hold("e", MOST // 2)
    assert (desk.gone, desk.held.total) == (["a", "b"], MOST)


def test_one_who_grows_again_and_again_gets_no_younger() -> None:
    desk = Desk()
    for size in range(MOST // 4, MOST // 2, 1000):
        desk.hold("a", size)
        desk.hold("b", MOST // 2)
    assert desk.hold("a", MOST // 2 + 1)
    assert desk.gone == ["a"]


def test_who_is_being_served_stays_and_there_may_be_no_room_then() -> None:
    desk = Desk()
    desk.served = {"a"}
    desk.hold("a", MOST // 2)
    desk.hold("b", MOST // 2)
    assert desk.hold("c", MOST // 4)
    assert desk.gone == ["b"]
    assert not desk.hold("a", MOST)
    assert desk.gone == ["b"], "the newest is c, which stays"


def test_the_newest_stays_however_much_it_holds() -> None:
    desk = Desk()
    desk.hold("a", MOST // 2)
    assert not desk.hold("b", 3 * MOST)
    assert desk.gone == ["a"]


def test_who_holds_less_than_before_is_not_idle() -> None:
    desk = Desk()
    for name in "abc":
        desk.hold(name, MOST // 3)
    desk.sizes["a"] -= 1000  # it has been reading
    assert desk.hold("d", MOST // 3)
    assert desk.gone == ["b"]


def test_little_does_not_count() -> None:
    desk = Desk()
    for number in range(100):
        assert desk.hold(str(number), UNCOUNTED_BYTES_MAX)
    assert (desk.gone, desk.held.total) == ([], 0)


NAMES = st.sampled_from("abcdefgh")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), NAMES, st.integers(0, MOST)),
        st.tuples(st.just("take"), NAMES, st.integers(0, MOST)),
        st.tuples(st.just("serve"), NAMES, st.just(0)),
        st.tuples(st.just("release"), NAMES, st.just(0)),
    ),
    max_size=60,
)


@given(STEPS)
def test_the_bound_is_kept_unless_one_or_the_server_alone_holds_more(steps: list[tuple[str, str, int]]) -> None:
    desk = Desk()
    for step, name, size in steps:
        gone = len(desk.gone)
        if step == "serve":
            desk.served ^= {name}
        elif step == "release":
            desk.sizes[name] = 0
            desk.held.release(name)
        elif step == "take":
            desk.sizes[name] = min(desk.sizes.get(name, 0), size)
        else:
            kept = desk.hold(name, size)
            counted = {each: held for each, held in desk.sizes.items() if held > UNCOUNTED_BYTES_MAX}
            waiting = [each for each in counted if each not in desk.served]
            assert kept == (desk.held.total <= MOST)
            assert kept or len(waiting) <= 1, "nobody is left who could go"
            assert desk.held.total >= sum(counted.values())
        assert not desk.served.intersection(desk.gone[gone:])
    for name in list(desk.sizes):
        desk.held.look(name)
    assert desk.held.total == sum(size for size in desk.sizes.values() if size > UNCOUNTED_BYTES_MAX)
