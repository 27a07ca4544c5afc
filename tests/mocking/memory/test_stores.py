"""Stores: the same behaviour in memory, in an SQLite file and in a real Redis, held to a model."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from treaty.mocking.memory.stores.in_memory import InMemory
from treaty.mocking.memory.stores.model import Limits, Outcome, Record, Snapshot, StateError, Store
from treaty.mocking.memory.stores.opening import open_store
from treaty.mocking.memory.stores.redis import Redis
from treaty.mocking.memory.stores.sqlite import SQLite

REDIS = os.environ.get("TREATY_TEST_REDIS", "redis://127.0.0.1:6379/11")
Open = Callable[..., Store]
W = "test-17"


def has_redis() -> bool:
    with contextlib.suppress(redis.RedisError):
        return bool(redis.Redis.from_url(REDIS, socket_connect_timeout=1).ping())
    if os.environ.get("CI"):
        pytest.fail(f"there is no Redis at {REDIS}")
    return False


@pytest.fixture(params=["memory", "sqlite", "redis"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same store as often as asked, as other processes would; in memory there is only one."""
    name, stores = f"test-{uuid.uuid4().hex}", list[Store]()
    if request.param == "redis" and not has_redis():
        pytest.skip(f"there is no Redis at {REDIS}")

    def opening(limits: Limits | None = None) -> Store:
        limits = limits or Limits()
        if request.param == "memory":
            stores[:1] = stores[:1] or [InMemory(limits)]
            return stores[0]
        in_file = request.param == "sqlite"
        made = SQLite(tmp_path / "s.db", name, limits) if in_file else Redis(REDIS, name, limits)
        stores.append(made)
        return made

    yield opening
    for store in stores:
        store.close()
    if request.param == "redis":
        client = redis.Redis.from_url(REDIS)
        for key in client.scan_iter(f"treaty:{name}:*"):
            client.delete(key)
        client.close()


def stored(store: Store, key: str, world: str = W, collection: str = "/users", **value: object) -> Record:
    assert store.add(world, collection, Record(key, value)) is Outcome.DONE
    found = store.get(world, collection, key)
    assert found is not None
    return found


def keys(store: Store, world: str = W, collection: str = "/users") -> list[str]:
    return [each.key for each in store.records(world, collection)]


def test_records_are_kept_in_the_order_in_which_they_came(opened: Open) -> None:
    store = opened()
    for key in ("b", "a", "ü ~/1", "10", "9"):
        stored(store, key, text="\u2028 \n é \U0001f600 | ", number=1.5, nothing=None, deep=[[], {}, 2**80])
    assert keys(store) == ["b", "a", "ü ~/1", "10", "9"]
    (found, *_) = store.records(W, "/users")
    assert found.value == {
        "text": "\u2028 \n é \U0001f600 | ",
        "number": 1.5,
        "nothing": None,
        "deep": [[], {}, 2**80],
    }
    assert store.get(W, "/users", "none") is None
    assert keys(opened()) == keys(store)


def test_a_key_is_taken_once(opened: Open) -> None:
    stored(opened(), "1", name="first")
    assert opened().add(W, "/users", Record("1", {"name": "second"})) is Outcome.TAKEN
    assert opened().add(W, "/posts", Record("1", {"name": "other"})) is Outcome.DONE
    found = opened().get(W, "/users", "1")
    assert found is not None
    assert found.value == {"name": "first"}


def test_a_change_is_refused_when_another_came_between(opened: Open) -> None:
    one, other = opened(), opened()
    before = stored(one, "1", count=1)
    stored(one, "2", count=5)
    assert other.change(W, "/users", replace(before, value={"count": 2})) is Outcome.DONE
    assert one.change(W, "/users", replace(before, value={"count": 3})) is Outcome.CHANGED
    after = one.get(W, "/users", "1")
    assert after is not None
    assert (after.value, after.version != before.version) == ({"count": 2}, True)
    assert keys(one) == ["1", "2"]
    assert one.remove(W, "/users", "1")
    assert other.change(W, "/users", replace(after, value={})) is Outcome.CHANGED
    again = stored(one, "1", count=9)
    assert again.version not in (before.version, after.version)


def test_claims_are_made_once_and_given_up(opened: Open) -> None:
    store = opened()
    ann = Record("1", {"email": "ann"}, claims=("email=ann",))
    assert store.add(W, "/users", ann) is Outcome.DONE
    assert store.add(W, "/users", Record("2", {}, claims=("email=ann",))) is Outcome.CLAIMED
    assert store.get(W, "/users", "2") is None
    assert store.add(W, "/users", Record("2", {}, claims=("email=bea",))) is Outcome.DONE
    second = store.get(W, "/users", "2")
    assert second is not None
    assert second.claims == ("email=bea",)
    assert store.change(W, "/users", replace(second, claims=("email=ann",))) is Outcome.CLAIMED
    assert store.change(W, "/users", replace(second, claims=("email=cid", 'odd="\n é'))) is Outcome.DONE
    assert store.add(W, "/users", Record("3", {}, claims=("email=bea",))) is Outcome.DONE
    assert store.remove(W, "/users", "1")
    assert store.add(W, "/users", Record("4", {}, claims=("email=ann",))) is Outcome.DONE


def test_what_is_below_an_item_goes_with_it(opened: Open) -> None:
    store = opened()
    stored(store, "4")
    stored(store, "42")
    stored(store, "1", collection="/users/4/posts")
    stored(store, "1", collection="/users/42/posts")
    stored(store, "9", collection="/users/4/posts/1/likes")
    assert store.remove(W, "/users", "4")
    assert not store.remove(W, "/users", "4")
    assert keys(store, collection="/users/4/posts") == []
    assert keys(store, collection="/users/4/posts/1/likes") == []
    assert keys(store, collection="/users/42/posts") == ["1"]
    assert not store.begun(W, "/users/4/posts")


def test_a_key_is_a_segment_of_what_is_below_it(opened: Open) -> None:
    store = opened()
    stored(store, "a/b c", world="odd: world/\u00fc", text="x")
    stored(store, "1", world="odd: world/\u00fc", collection="/users/a%2Fb%20c/posts")
    stored(store, "1", world="odd: world/\u00fc", collection="/users/a/b")
    assert store.worlds() == ["odd: world/\u00fc"]
    assert store.remove("odd: world/\u00fc", "/users", "a/b c")
    assert keys(store, "odd: world/\u00fc", "/users/a%2Fb%20c/posts") == []
    assert keys(store, "odd: world/\u00fc", "/users/a/b") == ["1"]


def test_numbers_are_given_once_and_count_on_from_the_first_keys(opened: Open) -> None:
    one, other = opened(), opened()
    one.begin(W, "/users", [Record("7", {}, seeded=True), Record("x", {}, seeded=True)])
    assert [one.number(W, "/users"), other.number(W, "/users"), one.number(W, "/users")] == [8, 9, 10]
    assert one.number(W, "/posts") == 1


def test_a_collection_begins_once(opened: Open) -> None:
    one, other = opened(), opened()
    assert not one.begun(W, "/users")
    one.begin(W, "/users", [Record("1", {"a": 1}, seeded=True, claims=("a=1",))])
    other.begin(W, "/users", [Record("2", {}, seeded=True)])
    assert keys(other) == ["1"]
    assert other.records(W, "/users")[0].seeded
    assert other.begun(W, "/users")
    assert other.add(W, "/users", Record("3", {}, claims=("a=1",))) is Outcome.CLAIMED
    assert one.remove(W, "/users", "1")
    one.begin(W, "/users", [Record("1", {})])
    assert keys(one) == []


def test_worlds_are_apart_and_the_oldest_goes(opened: Open) -> None:
    store = opened(Limits(worlds=3))
    for world in ("", "a", "b", "c"):
        stored(store, "1", world=world, of=world)
    assert store.worlds() == ["", "b", "c"]
    assert keys(store, "a") == []
    assert [each.value for each in store.records("c", "/users")] == [{"of": "c"}]
    store.reset("b")
    assert store.worlds() == ["", "c"]
    assert keys(store, "b") == []


def test_a_world_is_bounded(opened: Open) -> None:
    store = opened(Limits(records=2, bytes=60))
    stored(store, "1", text="x" * 10)
    assert store.add(W, "/users", Record("2", {"text": "x" * 60})) is Outcome.FULL
    second = stored(store, "2", text="x" * 10)
    assert store.add(W, "/posts", Record("3", {})) is Outcome.FULL
    assert store.change(W, "/users", replace(second, value={"text": "x" * 60})) is Outcome.FULL
    assert store.remove(W, "/users", "1")
    assert store.add(W, "/posts", Record("3", {"text": "x" * 20})) is Outcome.DONE


def test_a_snapshot_is_restored(opened: Open) -> None:
    store = opened()
    store.begin(W, "/users", [Record("1", {"a": 1}, seeded=True, claims=("a=1",))])
    stored(store, "2", a="2")
    stored(store, "5", collection="/users/1/posts")
    store.number(W, "/users")
    taken = store.snapshot(W).as_json()
    store.remove(W, "/users", "1")
    store.number(W, "/users")
    store.restore(W, Snapshot.from_json(taken))
    assert list(store.snapshot(W).as_json()) == list(taken)
    assert store.snapshot(W).as_json() == taken
    assert keys(store) == ["1", "2"]
    assert store.add(W, "/users", Record("9", {}, claims=("a=1",))) is Outcome.CLAIMED
    store.restore("copy", Snapshot.from_json(taken))
    assert store.snapshot("copy").as_json() == taken
    assert store.number("copy", "/users") == store.number(W, "/users")


def test_a_snapshot_that_is_too_large_changes_nothing(opened: Open) -> None:
    store = opened(Limits(records=1))
    stored(store, "1", a=1)
    records = [{"key": "1", "value": {}}, {"key": "2", "value": {}}]
    large = {"treaty-state": 1, "collections": {"/users": {"number": 2, "records": records}}}
    with pytest.raises(StateError):
        store.restore(W, Snapshot.from_json(large))
    assert [each.value for each in store.records(W, "/users")] == [{"a": 1}]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"collections": {}},
        {"treaty-state": 1},
        {"treaty-state": 1, "collections": {"/a": []}},
        {"treaty-state": 1, "collections": {"/a": {"records": [{"key": 1, "value": {}}]}}},
        {"treaty-state": 1, "collections": {"/a": {"records": [{"key": "1"}]}}},
        {"treaty-state": 1, "collections": {"/a": {"records": [{"key": "1", "value": 1}] * 2}}},
    ],
)
def test_what_is_no_snapshot_is_refused(value: object) -> None:
    with pytest.raises(StateError):
        Snapshot.from_json(value)


def test_another_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE precious (a)")
    before = path.read_bytes()
    with pytest.raises(StateError, match="another database"):
        SQLite(path)
    assert path.read_bytes() == before
    text = tmp_path / "notes.txt"
    text.write_text("no database " * 100)
    with pytest.raises(StateError):
        SQLite(text)
    with pytest.raises(StateError):
        SQLite(tmp_path / "nowhere" / "s.db")


def test_what_cannot_be_reached_is_said_without_the_password() -> None:
    with pytest.raises(StateError) as refused:
        Redis("redis://user:secret@127.0.0.1:1/0")
    assert "secret" not in str(refused.value)


def test_contracts_in_one_file_are_apart(tmp_path: Path) -> None:
    one, other = (open_store(tmp_path / "s.db", name) for name in ("One API", "Other API"))
    stored(one, "1", of="one")
    assert keys(other) == []
    assert other.worlds() == []
    again = open_store(str(tmp_path / "s.db"), "one-api")
    assert keys(again) == ["1"]
    for each in (one, other, again):
        each.close()
