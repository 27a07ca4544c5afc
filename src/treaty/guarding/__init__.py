"""The guard: any ASGI or WSGI application held to a contract, without a change to it."""
