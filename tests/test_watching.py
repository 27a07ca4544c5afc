"""Files that change: whatever way they are saved in, and whatever events the system makes of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from treaty.watching import Watch, Watched

SECONDS = 20


@contextmanager
def watching(watched: Callable[[], Watched]) -> Iterator[Callable[[], int]]:
    """Watch in a thread; gives how often something has changed."""
    changes: list[float] = []
    watch = Watch(watched, lambda: changes.append(time.monotonic()))
    thread = threading.Thread(target=watch.run)
    thread.start()
    try:
        yield lambda: len(changes)
    finally:
        watch.stopped.set()
        thread.join(SECONDS)
        assert not thread.is_alive()


def until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)


def write_in_place(path: Path) -> None:
    path.write_text("written anew")


def replace_by_renaming(path: Path) -> None:
    beside = path.with_name("4913~")
    beside.write_text("renamed")
    beside.replace(path)


def move_away_and_write(path: Path) -> None:
    path.rename(path.with_name(path.name + "~"))
    path.write_text("after a backup")


def delete(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("save", [write_in_place, replace_by_renaming, move_away_and_write, delete])
def test_a_file_is_seen_to_change_however_it_is_saved(save: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a")
    with watching(lambda: Watched(frozenset({path}))) as count:
        save(path)
        until(lambda: count() >= 1)


def test_a_link_that_leads_elsewhere_is_a_change(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(name)
    (tmp_path / "data").symlink_to("first")
    path = tmp_path / "a.yaml"
    path.symlink_to("data/a.yaml")
    with watching(lambda: Watched(frozenset({path}))) as count:
        (tmp_path / "data.new").symlink_to("second")
        os.replace(tmp_path / "data.new", tmp_path / "data")  # noqa: PTH105  as a cluster does it
        until(lambda: count() == 1)


def test_what_does_not_count_is_no_change(tmp_path: Path) -> None:
    path, mocks = tmp_path / "a.yaml", tmp_path / "mocks"
    path.write_text("a")
    (mocks / "__pycache__").mkdir(parents=True)
    with watching(lambda: Watched(frozenset({path}), (mocks,))) as count:
        (tmp_path / "b.yaml").write_text("b")
        (mocks / "__pycache__" / "x.pyc").write_text("b")
        os.utime(tmp_path / "b.yaml")
        time.sleep(0.6)
        assert count() == 0
        path.write_text("b")
        until(lambda: count() == 1)


def test_files_that_come_in_folders_that_come_count_below_a_tree(tmp_path: Path) -> None:
    mocks = tmp_path / "mocks"
    with watching(lambda: Watched(trees=(mocks,))) as count:
        time.sleep(0.5)
        (mocks / "get_user").mkdir(parents=True)
        time.sleep(0.5)
        (mocks / "get_user" / "200.yaml").write_text("body: {}")
        until(lambda: count() == 1)
        (mocks / "get_user" / "200.yaml").write_text("body: []")
        until(lambda: count() == 2)


def test_what_changes_while_a_change_is_dealt_with_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("0")
    left = [1, 2]

    def changed() -> None:
        if left:
            path.write_text("more" * left.pop())

    watch = Watch(lambda: Watched(frozenset({path})), changed)
    path.write_text("edited")
    watch.look()
    assert left == []


@pytest.mark.parametrize("came", [True, False])
def test_nothing_is_missed_while_what_counts_is_found_anew(came: bool, tmp_path: Path) -> None:
    """A folder is served; while an edit of it is dealt with another file comes, or goes."""
    edited, other = tmp_path / "a.yaml", tmp_path / "b.yaml"
    edited.write_text("a")
    if not came:
        other.write_text("b")
    served: list[set[Path]] = []

    def changed() -> None:
        served.append(set(tmp_path.iterdir()))
        if len(served) == 1:
            other.write_text("b") if came else other.unlink()

    added = tmp_path / "c.yaml"

    def watched() -> Watched:
        files = frozenset({edited, added} if served else {edited})
        return Watched(files, beside=frozenset({tmp_path}), endings=frozenset({".yaml"}))

    watch = Watch(watched, changed)
    added.write_text("c")
    watch.look()
    assert served[-1] == set(tmp_path.iterdir())


def test_a_new_file_that_is_saved_after_it_was_read_is_a_change(tmp_path: Path) -> None:
    """`a` leads to `b` from now on, in another folder."""
    first, second = tmp_path / "a.yaml", tmp_path / "other" / "b.yaml"
    first.write_text("a")
    second.parent.mkdir()
    second.write_text("old")
    os.utime(second, (1, 1))
    read: list[str] = []

    def changed() -> None:
        read.append(second.read_text())
        if len(read) == 1:
            second.write_text("new")

    watch = Watch(lambda: Watched(frozenset({first, second} if read else {first})), changed)
    first.write_text("aa")
    watch.look()
    assert read[-1] == "new"


def test_a_file_that_is_newly_watched_is_no_change_by_that_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("a")
    second.write_text("b")
    os.utime(second, (1, 1))  # long ago
    changes: list[int] = []
    watch = Watch(
        lambda: Watched(frozenset({first, second} if changes else {first})), lambda: changes.append(1)
    )
    first.write_text("aa")
    watch.look()
    assert len(changes) == 1
    second.write_text("bb")
    watch.look()
    assert len(changes) == 2
