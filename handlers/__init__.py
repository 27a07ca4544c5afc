"""The handlers of Newsdesk: one module per tag, one plain function per operation.

A handler has the name of its `operationId` and lives in the module of the operation's first tag. Path
and query parameters come as keyword arguments, a JSON body as `body`; all have passed the contract
before a handler sees them, so a handler checks only what the contract cannot know: what is stored.
"""
