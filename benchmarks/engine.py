"""What a request costs in mock, handlers and guard, beside a bare server of the same bytes and peers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from processes import Answer, Ask, await_answer, free_port, running
from servers import Server, bare_server, connexion_server, find_prism, find_treaty
from traffic import Case, Group, run

# What is asked of the petstore, without credentials: each server judges those in its own way.
OPERATIONS = {"/pet": ("post",), "/pet/findByStatus": ("get",), "/pet/{petId}": ("get",)}
HANDLERS = """
PET = {"id": 1, "name": "Rex", "photoUrls": ["https://e.org/1"], "status": "available"}

async def getPetById(petId):
    return PET

async def findPetsByStatus(status):
    return [PET]

async def addPet(body):
    return PET
"""
_JSON = (("Content-Type", "application/json"),)
PETS = (
    Case("GET one", Ask("/pet/1"), 200),
    Case("GET list", Ask("/pet/findByStatus?status=available"), 200),
    Case("POST valid", Ask("/pet", _JSON, "POST", '{"name": "Rex", "photoUrls": ["https://e.org/1"]}'), 200),
    Case("POST invalid", Ask("/pet", _JSON, "POST", '{"name": 1}'), 422),
)
# The same request is answered from what it got before; another is read and judged, and its answer made.
OTHERS = (
    Case("GET one, another", Ask("/pet/{n}"), 200),
    Case("POST valid, another", Ask("/pet?n={n}", _JSON, "POST", PETS[2].ask.body), 200),
    Case("POST invalid, another", Ask("/pet?n={n}", _JSON, "POST", PETS[3].ask.body), 422),
)
REPOSITORIES = (
    Case("GET one", Ask("/repos/octocat/Hello-World"), 200),
    Case("GET one, another", Ask("/repos/octocat/{n}"), 200),
)
PET = Answer(
    200, "application/json", b'{"id":1,"name":"Rex","photoUrls":["https://e.org/1"],"status":"available"}'
)
# What GitHub's document of 1,223 operations may add to the cost of a document of one.
SMALL = "one operation"
_BARE_LEAST = {("bare", "GET one"): 0.6, ("bare", "POST valid"): 0.5, ("bare", "POST invalid"): 0.4}


def write_petstore(corpus: Path, folder: Path) -> Path:
    """The operations of the petstore that are asked for, in JSON, and the folder of their handlers.

    Connexion does not choose among media types of a response.
    """
    document = yaml.safe_load((corpus / "petstore-swagger30.yaml").read_text())
    document["servers"] = [{"url": "/"}]
    paths = document["paths"]
    document["paths"] = {
        path: {method: paths[path][method] | {"security": []} for method in methods}
        for path, methods in OPERATIONS.items()
    }
    for operation in (each for methods in document["paths"].values() for each in methods.values()):
        for body in (operation["responses"]["200"], operation.get("requestBody", {"content": {}})):
            body["content"] = {kind: at for kind, at in body["content"].items() if "json" in kind}
    (folder / "pet_handlers").mkdir()
    (folder / "pet_handlers" / "pet.py").write_text(HANDLERS)
    written = folder / "petstore.json"
    written.write_text(json.dumps(document, default=str))
    return written


def write_small(treaty: Server, github: Path, folder: Path) -> Path:
    """A document of one operation that answers with the same bytes as GitHub's."""
    port = free_port()
    with running(treaty.mock(github, port, "--quiet")) as process:
        answer = await_answer(process, port, REPOSITORIES[0].ask, 60)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in ("owner", "repo")
    ]
    media = {"application/json": {"schema": {"type": "object"}, "example": json.loads(answer.body)}}
    operation = {"parameters": parameters, "responses": {"200": {"description": "One", "content": media}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": {"/repos/{owner}/{repo}": {"get": operation}},
    }
    written = folder / "small.json"
    written.write_text(json.dumps(document))
    return written


def groups(corpus: Path, folder: Path, peer: bool) -> Iterator[Group]:
    """What is compared."""
    petstore, github = write_petstore(corpus, folder), corpus / "github.json"
    handlers = folder / "pet_handlers"
    treaty, prism = find_treaty(), find_prism() if peer else None
    quiet = ["--verboseLevel", "silent"]
    connexion = {"Connexion": connexion_server(petstore, handlers)}
    pets = {"Prism": prism.mock(petstore, "PORT", *quiet)} if prism else {}
    mock = {"Treaty": treaty.mock(petstore, "PORT", "--quiet"), **connexion, **pets}
    least = {("Prism", case.name): 5.0 for case in PETS} | {("Connexion", case.name): 8.0 for case in PETS}
    yield Group("mock, petstore", mock, (*PETS, *OTHERS), _BARE_LEAST | least)
    serve = {"Treaty": treaty.serve(petstore, handlers, "PORT", "--quiet"), **connexion}
    yield Group("serve, petstore", serve, PETS, {("Connexion", case.name): 2.0 for case in PETS})
    guarded = {"Treaty": bare_server("PORT", PET, petstore)}
    sound = tuple(case for case in (*PETS, *OTHERS) if case.status == 200 and case is not PETS[1])
    yield Group("guard, petstore", guarded, sound, {("bare", case.name): 0.5 for case in PETS})
    small = {SMALL: treaty.mock(write_small(treaty, github, folder), "PORT", "--quiet")}
    repository = {"Prism": prism.mock(github, "PORT", *quiet)} if prism else {}
    mock = {"Treaty": treaty.mock(github, "PORT", "--quiet"), **small, **repository}
    least = _BARE_LEAST | {("Prism", "GET one"): 100.0, (SMALL, "GET one"): 1 / 1.15}
    yield Group("mock, GitHub", mock, REPOSITORIES, least)


if __name__ == "__main__":
    sys.exit(run("engine.py", __doc__, groups))
