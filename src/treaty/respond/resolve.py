"""Resolve: from each operation to the function that answers it, found by Connexion's resolvers.

The first that exists: `x-openapi-router-controller` and operationId; a dotted operationId
as it is; the operationId in the module of the first tag; the operationId in the package.
In an operationId, what cannot stand in a Python name becomes an underscore.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from treaty.contract.contract import Contract
from treaty.contract.model import Operation
from treaty.document.library import label_of
from treaty.exchange.call import Call
from treaty.exchange.codecs.upload import Upload
from treaty.findings import DocumentError, Finding, Json, Location
from treaty.respond.arguments import Argument, fitted, offered_arguments
from treaty.respond.authenticate import InfoFunctions, find_info_functions
from treaty.respond.frameworks import RelativeResolver, Resolver, ResolverError, inspect_function_arguments
from treaty.respond.modules import Modules, open_package
from treaty.respond.signature import function_name, module_name, signature

# Arguments that Connexion passes where a credential was judged, and the one that has all of them.
KNOWN = ("user", "token_info")
CONTEXT = "context_"
MISSING = "handler-missing"
_MAY_BE_LEFT_OUT = {"query": "query parameter", "field": "field"}
# Where the values of a call's arguments are, by their source.
_SOURCES: dict[str, Callable[[Call], dict[str, Json]]] = {
    "path": lambda call: call.path,
    "query": lambda call: call.query,
    "field": lambda call: call.body if isinstance(call.body, dict) else {},
}


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that answers an operation, and what is passed to it."""

    operation: Operation
    name: str  # dotted
    function: Callable[..., Any]
    arguments: tuple[Argument, ...] = ()
    needs_body: bool = False  # its argument for an optional body has no default
    is_coroutine: bool = False
    takes_upload: bool = False  # its argument for the body is annotated so
    context: tuple[str, ...] = ()  # what it takes of what is known of the caller

    def arguments_of(self, call: Call) -> dict[str, Json]:
        """The keyword arguments for a call; what the request leaves out is left out."""
        found: dict[str, Json] = {}
        for each in self.arguments:
            if each.source == "body":
                if call.media_type is not None:
                    found[each.python_name] = self._body_of(call)
                elif self.needs_body or each.default:
                    found[each.python_name] = deepcopy(each.default[0]) if each.default else None
                continue
            values = _SOURCES[each.source](call)
            if each.name in values:
                found[each.python_name] = values[each.name]
            elif each.default:
                found[each.python_name] = deepcopy(each.default[0])
        if self.context:
            context = context_of(call)
            found |= {name: context[name] for name in self.context if name in context}
            if CONTEXT in self.context:
                found[CONTEXT] = context
        return found

    def _body_of(self, call: Call) -> Json:
        """The body; one that is a file is an upload, however small, for a function that asks for one."""
        if self.takes_upload and isinstance(call.body, bytes):
            return Upload.of("", "", call.request.header("content-type") or "", call.body)
        return call.body

    @property
    def takes_bytes(self) -> bool:
        """Is a body that is a file given as bytes, so that it must not be larger than memory?"""
        return not self.takes_upload and any(each.source == "body" for each in self.arguments)

    @property
    def location(self) -> Location:
        """File and line of the function."""
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        return Location(label_of(Path(code.co_filename)), code.co_firstlineno, 1) if code else Location("")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The handlers of a contract, and what is wrong with them."""

    package: str
    handlers: tuple[Handler, ...]
    missing: tuple[Operation, ...]
    findings: tuple[Finding, ...]
    authenticate: InfoFunctions | None = None

    def by_operation(self) -> dict[tuple[str, str], Handler]:
        """The handlers by method and path."""
        return {(each.operation.method, each.operation.path): each for each in self.handlers}


def context_of(call: Call) -> dict[str, Json]:
    """What is known of the caller, as Connexion says it: `token_info`, and of that the `user`.

    Empty where no verifier was asked. Where several credentials were asked for together, it is
    known by the names of their schemes.
    """
    if call.known is None:
        return {}
    several = len(call.known) != 1
    info = call.known if several else next(iter(call.known.values()))
    user = info.get("sub", info.get("uid")) if isinstance(info, Mapping) else None
    return {"user": user, "token_info": info}


def find_handlers(
    contract: Contract,
    handlers: str | Path,
    *,
    verified: bool = False,
    all_needed: bool = True,
    asks_endpoints: bool = False,
) -> Resolved:
    """The handler of every operation, or of those that have one where not `all_needed`.

    `asks_endpoints`: about tokens, where the document names them (`x-tokenInfoUrl`).
    Raises `DocumentError` with all that is missing or does not fit.
    """
    resolved = resolve(contract, handlers, verified=verified, asks_endpoints=asks_endpoints)
    findings = [each for each in resolved.findings if all_needed or each.code != MISSING]
    if findings:
        raise DocumentError(contract.document.sources.place(findings))
    return resolved


def resolve(
    contract: Contract, handlers: str | Path, *, verified: bool = False, asks_endpoints: bool = False
) -> Resolved:
    """The handlers that are there, and findings on those that are not.

    `verified` says that credentials are judged, so that something is known of a caller.
    Raises `DocumentError` only when the package itself cannot be found.
    """
    modules = open_package(handlers)
    found: list[Handler] = []
    missing: list[Operation] = []
    authenticate, findings = find_info_functions(contract, modules, asks_endpoints=asks_endpoints)
    verified = verified or authenticate is not None
    for operation in contract.operations:
        candidate = _find(modules, operation)
        if candidate is None:
            continue  # its module cannot be imported, and that is said once
        name, function = candidate
        if not _is_function(function):
            missing.append(operation)
            findings.append(_missing(contract, operation, modules.package, name))
            continue
        findings += _misfits(contract, operation, name, function, verified)
        found.append(_handler(contract, operation, name, function))
    return Resolved(
        modules.package, tuple(found), tuple(missing), (*modules.findings, *findings), authenticate
    )


@dataclass(frozen=True, slots=True)
class Named:
    """What Connexion's resolvers ask of an operation."""

    operation_id: str
    router_controller: str | None = None


def candidates(operation: Operation, package: str) -> Iterator[tuple[Any, str, Named]]:
    """Where a function may be: a resolver of Connexion's, the dotted name it makes, and of what."""
    said = operation.operation_id
    own = Named(function_name(operation))
    dotted = all(part.isidentifier() for part in said.split("."))
    tries: list[tuple[Any, Named]] = []
    if operation.controller:
        tries.append((Resolver(), Named(said if dotted else own.operation_id, operation.controller)))
    if dotted and "." in said:
        tries.append((Resolver(), Named(said)))
    module = module_name(operation)
    if module:
        tries.append((RelativeResolver(f"{package}.{module}"), own))
    tries.append((RelativeResolver(package), own))
    for resolver, named in tries:
        yield resolver, resolver.resolve_operation_id(named), named


def _find(modules: Modules, operation: Operation) -> tuple[str, Any] | None:
    """Name and function, the function None when there is none; None when a module cannot be imported."""
    for resolver, name, named in candidates(operation, modules.package):
        if not modules.may_import(name):
            continue
        if not modules.reach(name):
            return None
        if modules.leads_through_an_import(name):
            continue
        try:
            return name, resolver.resolve(named).function
        except ResolverError:
            continue
    return "", None


def _is_function(found: Any) -> bool:
    """Can it be called, and can its arguments be known? Those of some builtins cannot."""
    try:
        inspect.signature(found)
    except (TypeError, ValueError):
        return False
    return True


def _handler(contract: Contract, operation: Operation, name: str, function: Callable[..., Any]) -> Handler:
    names, takes_all = inspect_function_arguments(function)
    offered = fitted(offered_arguments(contract, operation), names)
    taken = tuple(each for each in offered if takes_all or each.python_name in names)
    parameters = inspect.signature(function).parameters
    needs_body = any(
        each.source == "body"
        and each.python_name in parameters
        and parameters[each.python_name].default is inspect.Parameter.empty
        for each in taken
    )
    body = next((each.python_name for each in taken if each.source == "body"), "")
    takes_upload = body in parameters and _is_upload(function, parameters[body].annotation)
    context = tuple(each for each in (*KNOWN, CONTEXT) if each in names or (takes_all and each in KNOWN))
    is_coroutine = inspect.iscoroutinefunction(function)
    return Handler(operation, name, function, taken, needs_body, is_coroutine, takes_upload, context)


def _is_upload(function: Callable[..., Any], annotation: Any) -> bool:
    """Is `treaty.Upload` what an argument is annotated with, alone or with None, as it is or as a text?"""
    if isinstance(annotation, str):
        names = getattr(inspect.unwrap(function), "__globals__", {})
        try:
            annotation = eval(annotation, names)  # noqa: S307  # as typing.get_type_hints, for one argument
        except Exception:  # it is for a type checker only
            return False
    return annotation is Upload or Upload in get_args(annotation)


def _misfits(
    contract: Contract, operation: Operation, name: str, function: Callable[..., Any], verified: bool
) -> list[Finding]:
    """What a function takes that it is not given, and what it is given that it does not take."""
    parameters = inspect.signature(function).parameters
    offered = {each.python_name: each for each in fitted(offered_arguments(contract, operation), parameters)}
    takes_all = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
    faults = [
        f"it takes no argument `{each.python_name}`, which the path gives"
        for each in offered.values()
        if each.source == "path" and each.python_name not in parameters and not takes_all
    ]
    context = {CONTEXT, *(KNOWN if verified and operation.security else ())}
    for parameter in parameters.values():
        if parameter.name in context and parameter.name not in offered:
            continue
        faults += _faults(parameter, offered.get(parameter.name))
    location = _handler(contract, operation, name, function).location
    return [
        Finding(
            "handler-arguments",
            f"{name} does not fit {operation.name}: {fault}",
            location=location,
            expected=signature(contract, operation),
        )
        for fault in faults
    ]


def _faults(parameter: inspect.Parameter, offered: Argument | None) -> Iterator[str]:
    if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
        return
    if parameter.kind is parameter.POSITIONAL_ONLY:
        yield f"arguments are passed by name, and `{parameter.name}` is positional only"
    elif parameter.default is not parameter.empty:
        return
    elif offered is None:
        yield f"its argument `{parameter.name}` has no default, and the contract gives no such value"
    elif offered.source in _MAY_BE_LEFT_OUT and not offered.always:
        what = _MAY_BE_LEFT_OUT[offered.source]
        yield f"its argument `{parameter.name}` needs a default, as the {what} may be left out"


def _missing(contract: Contract, operation: Operation, package: str, name: str) -> Finding:
    # A dotted operationId may be a mere style: the function then goes to the module of the tag.
    place = next(each for _, each, _ in candidates(operation, package) if each.startswith(f"{package}."))
    message = f"`{name}` is no function" if name else f"{operation.name} has no handler"
    module = place.rpartition(".")[0]
    return Finding(
        MISSING,
        f"{message} ({operation.method} {operation.path})",
        location=Location("", pointer=operation.pointer),
        expected=f"{signature(contract, operation)} in the module `{module}` ({module.replace('.', '/')}.py)",
        hint="`treaty new --handlers` writes every missing one",
    )
