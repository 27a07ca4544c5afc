"""Connexion by itself: its asynchronous application with request validation, in the uvicorn that Treaty has.

Arguments: port, document, folder of handlers (`pet.py`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import connexion
import uvicorn
from connexion.resolver import Resolver

port, document, handlers = sys.argv[1:]
sys.path.insert(0, handlers)
pet = __import__("pet")

application = connexion.AsyncApp("benchmark", specification_dir=Path(document).parent)
application.add_api(Path(document).name, resolver=Resolver(lambda name: getattr(pet, name)))
uvicorn.run(
    application,
    port=int(port),
    log_level="warning",
    access_log=False,
    server_header=False,
    proxy_headers=False,
)
