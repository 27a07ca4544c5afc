"""The memory of a stateful mock: resources inferred from a contract, and what is stored of them."""
