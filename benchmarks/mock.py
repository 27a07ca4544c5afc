"""What an answer of the mock costs beside Prism: an example, generated data, what is remembered.

Generated data has its target where nobody had it before: what is asked for again need not be made again.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from processes import Ask
from servers import find_prism, find_treaty
from traffic import Case, Group, run

_KEY = (("api_key", "special-key"),)
_BEARER = (("Authorization", "Bearer 0123456789"),)
PET = Case("GET one", Ask("/pet/1", _KEY), 200)
ANY_PET = Case("GET another", Ask("/pet/{n}", _KEY), 200)
REPOSITORY = Case("GET one", Ask("/repos/octocat/Hello-World"), 200)
DROPLET = Case("GET one", Ask("/v2/droplets/3164444", _BEARER), 200)
ANY_DROPLET = Case("GET another", Ask("/v2/droplets/{n}", _BEARER), 200)


def groups(corpus: Path, _folder: Path, peer: bool) -> Iterator[Group]:
    """Static answers, generated ones, and what `--stateful` remembers beside Prism's static answer."""
    treaty, prism = find_treaty(), find_prism() if peer else None

    def group(
        name: str, document: str, cases: tuple[Case, ...], least: float, own: str, other: str = ""
    ) -> Group:
        path = corpus / document
        commands = {"Treaty": treaty.mock(path, "PORT", "--quiet", *own.split())}
        if prism is not None:
            quiet = ("--verboseLevel", "silent", *other.split())
            commands["Prism"] = prism.mock(path, "PORT", *quiet)
        return Group(name, commands, cases, {("Prism", cases[-1].name): least})

    digital_ocean = "digitalocean/DigitalOcean-public.v2.yaml"
    yield group("static, petstore", "petstore-swagger30.yaml", (PET,), 5, "")
    yield group("static, GitHub", "github.json", (REPOSITORY,), 100, "")
    pets, droplets = (PET, ANY_PET), (DROPLET, ANY_DROPLET)
    yield group("dynamic, petstore", "petstore-swagger30.yaml", pets, 10, "--dynamic", "--dynamic")
    yield group("dynamic, DigitalOcean", digital_ocean, droplets, 100, "--dynamic", "--dynamic")
    yield group("stateful, petstore", "petstore-swagger30.yaml", (PET,), 3, "--stateful")


if __name__ == "__main__":
    sys.exit(run("mock.py", __doc__, groups))
