"""Everything ambient comes in through here: time, randomness, ids, and whose turn it is (law 5: no ambient world)."""

from counterseal.world.clock import Clock, ManualClock, SystemClock
from counterseal.world.ids import dated_id, first_id_at, new_id
from counterseal.world.random import Random, SeededRandom, SystemRandom
from counterseal.world.turns import Turns, rest
from counterseal.world.world import World

__all__ = [
    "Clock",
    "ManualClock",
    "Random",
    "SeededRandom",
    "SystemClock",
    "SystemRandom",
    "Turns",
    "World",
    "dated_id",
    "first_id_at",
    "new_id",
    "rest",
]
