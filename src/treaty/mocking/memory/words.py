"""Names as people vary them: `user_id`, `userId` and `User-Id` are one name; `users` are of a `user`."""

from __future__ import annotations

import re

from treaty.findings import Json

_APART = re.compile(r"[^a-z0-9]+")
_COUNTED = re.compile(r"(?:^|[_-])count$|[a-z]Count$")
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "indices": "index"}
# Words that end in s and are of one.
_OF_ONE = ("ss", "us", "is", "news", "series", "settings")
# After these, `es` is the ending.
_WITH_ES = ("sses", "shes", "ches", "xes", "zes")

# What is said of something after it was done, where the rules of `past` do not say it.
_DONE = {
    "activate": ("active", "activated"),
    "begin": ("begun", "started"),
    "complete": ("completed", "complete", "done"),
    "deactivate": ("inactive", "deactivated"),
    "finish": ("finished", "completed", "done"),
    "freeze": ("frozen",),
    "hold": ("held", "onhold"),
    "open": ("open", "opened"),
    "pay": ("paid",),
    "reactivate": ("active", "activated"),
    "reopen": ("reopened", "open", "opened"),
    "restore": ("restored", "active"),
    "resume": ("resumed", "running", "active"),
    "run": ("running", "started"),
    "send": ("sent",),
    "start": ("started", "running", "inprogress", "active"),
    "unarchive": ("unarchived", "active"),
    "unpublish": ("unpublished", "draft"),
    "void": ("voided", "void"),
    "withdraw": ("withdrawn",),
}


def past(verb: str) -> tuple[str, ...]:
    """What is said of something after it was done: `cancelled` and `canceled` of `cancel`."""
    if verb in _DONE:
        return _DONE[verb]
    if verb.endswith("e"):
        return (f"{verb}d",)
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return (f"{verb[:-1]}ied",)
    return f"{verb}ed", f"{verb}{verb[-1:]}ed"


def during(verb: str) -> str:
    """What is said of something while it is done: `following` of `follow`."""
    return f"{verb.removesuffix('e')}ing"


def is_counted(name: str) -> bool:
    """Does a name say how many of something there are: `likes_count`, `likesCount`, but not `account`?"""
    return _COUNTED.search(name) is not None


def plain(name: str) -> str:
    """A name without case and separators."""
    return _APART.sub("", name.lower())


def names(text: str) -> frozenset[str]:
    """The words of a text, as names."""
    return frozenset(map(plain, text.split()))


def text_of(value: Json) -> str:
    """A value as it is in a path: the key of a record."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def singular(word: str) -> str:
    """The English word for one of many, in lower case; a word that is of one already is kept."""
    lowered = word.lower()
    if lowered in _IRREGULAR:
        return _IRREGULAR[lowered]
    if lowered.endswith("ies") and len(lowered) > 4:
        return lowered[:-3] + "y"
    if lowered.endswith(_WITH_ES):
        return lowered[:-2]
    if lowered.endswith("s") and not lowered.endswith(_OF_ONE):
        return lowered[:-1]
    return lowered
