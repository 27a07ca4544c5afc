"""The control API of a running mock, below `/__treaty`: described by a document, run by our own engine."""
