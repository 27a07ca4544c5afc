"""What was inferred, in words: each resource, its operations, and why."""

from __future__ import annotations

from collections.abc import Iterator

from treaty.mocking.memory.resources import Action, Listing, Resource, Resources, Verb
from treaty.mocking.refusals import can_refuse

OF_ITEMS: frozenset[Verb] = frozenset({"read", "replace", "merge", "delete", "act"})


def explain(resources: Resources) -> str:
    """The text that `treaty mock --explain-state` prints."""
    lines: list[str] = []
    for resource in resources.by_name.values():
        lines += [*_resource(resource), ""]
    known = len(resources.by_operation)
    lines.append(f"{len(resources.by_name)} resources with {known} operations are remembered.")
    if resources.left:
        lines.append(f"{len(resources.left)} operations are answered from the contract alone:")
        lines += [f"  {each.method:<7} {each.path}" for each in resources.left]
    return "\n".join(lines)


def _resource(resource: Resource) -> Iterator[str]:
    yield f"{resource.name}  {resource.path}"
    for action in resource.actions:
        operation = action.operation
        yield f"  {action.verb:<8} {operation.method:<7} {operation.path}  {action.why}".rstrip()
        yield from (f"  {'':<8} {line}" for line in _asked(action))
    if resource.identity is not None:
        yield f"  identity {resource.identity.property or 'in the path only'}"
    for parent in resource.parents:
        whose = f"an item of {parent.resource}" if parent.resource else "not remembered, so any will do"
        held = f", repeated in `{parent.property}`" if parent.property else ""
        yield f"  below    {{{parent.parameter}}}: {whose}{held}"
    for link in resource.links:
        yield f"  link     `{link.property}` is of an item of {link.resource}"
    if resource.unique:
        yield f"  unique   {', '.join(f'`{name}`' for name in resource.unique)}: the second gets 409"
    yield from _silent(resource)
    yield from (f"  because  {why}" for why in resource.why)


def _silent(resource: Resource) -> Iterator[str]:
    """What is answered to an item that is not there, where nothing is declared for that."""
    silent = [
        each for each in resource.actions if each.verb in OF_ITEMS and not can_refuse(each.operation, 404)
    ]
    if silent:
        names = ", ".join(each.operation.method for each in silent)
        yield f"  silent   {names}: no 404 is declared, so what is not there is answered as if it were"


def _asked(action: Action) -> Iterator[str]:
    listing = action.listing or Listing()
    if listing.filters:
        names = (f"{each.parameter} ({each.property or 'any text'})" for each in listing.filters)
        yield "filtered by " + ", ".join(names)
    if listing.sorting:
        yield "sorted by " + ", ".join(filter(None, (listing.sorting.by, listing.sorting.direction)))
    paging = listing.paging
    parts = [paging.size, paging.offset, paging.page, paging.after, paging.before]
    if any(parts):
        yield "paginated by " + ", ".join(filter(None, parts))
