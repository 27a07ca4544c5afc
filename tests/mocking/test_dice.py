"""Dice give the same on every machine: the numbers here are written down."""

from __future__ import annotations

from collections import Counter

from treaty.mocking.generate.dice import Dice, mixed, salt_of


def test_the_same_state_gives_the_same_everywhere() -> None:
    dice = Dice(7)
    drawn = [dice.below(100) for _ in range(6)]
    assert drawn == [4, 8, 54, 46, 5, 23]
    assert salt_of("name") == 6323216072687447770
    assert mixed(1, 2) == 9564234014780753040


def test_all_faces_come_up_about_as_often() -> None:
    dice = Dice(1)
    counted = Counter(dice.below(6) for _ in range(6_000))
    assert len(counted) == 6
    assert all(900 < count < 1_100 for count in counted.values())
    neighbours = Counter(Dice(mixed(state, salt_of("a"))).below(6) for state in range(6_000))
    assert all(850 < count < 1_150 for count in neighbours.values())


def test_ranges_are_kept() -> None:
    dice = Dice(3)
    assert {dice.randint(3, 5) for _ in range(50)} == {3, 4, 5}
    assert all(0 <= dice.below(2**70) < 2**70 for _ in range(50))
    assert len(dice.randbytes(9)) == 9
    assert sorted(dice.sample("abcd", 4)) == ["a", "b", "c", "d"]
    assert set(dice.choices("ab", [0, 1], 20)) == {"b"}
    assert all(0 <= dice.random() < 1 for _ in range(50))
