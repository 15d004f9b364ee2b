"""What was read last: what was asked for longest ago goes first, what is of another generation all at once."""

from __future__ import annotations

from qa.store.recent import Recent


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept = Recent[str](3)
    kept.keep("now", {0: "a", 1: "b", 2: "c"})
    assert kept.of("now", [0, 9]) == {0: "a"}
    kept.keep("now", {3: "d", 4: "e"})
    assert kept.of("now", range(5)) == {0: "a", 3: "d", 4: "e"}
    kept.keep("now", dict.fromkeys(range(10, 20), "many"))
    assert [*kept.of("now", range(20))] == [17, 18, 19]


def test_another_generation_has_its_own() -> None:
    kept = Recent[str](3)
    kept.keep("then", {0: "a", 1: "b"})
    assert kept.of("now", [0, 1]) == {}
    kept.keep("now", {0: "A"})
    assert kept.of("now", [0, 1]) == {0: "A"}
    assert kept.of("then", [0, 1]) == {}
