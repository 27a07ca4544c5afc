"""What operations are called in the folder of overrides."""

from __future__ import annotations

from treaty.contract.model import Operation


def folder_name(operation: Operation) -> str:
    """The name of an operation's folder: its operationId, else `GET_users_{id}`."""
    if operation.operation_id:
        return operation.operation_id
    return operation.method + operation.path.replace("/", "_")
