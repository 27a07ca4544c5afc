"""Independent judges: nothing here imports treaty.

They read documents with PyYAML and json, resolve references, translate OpenAPI schemas
to JSON Schema and build requests by themselves, so that an error in the package cannot
excuse itself.
"""
