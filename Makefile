# Everything on a machine with only Python (3.11 or later) and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: help mock serve test oracle lint format types layers bench fuzz soak lock docs clean

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

mock: $(READY) ## A mock of the reference API on http://127.0.0.1:4010
	@echo "Try, in another terminal:"
	@echo "  curl http://127.0.0.1:4010/users"
	@echo "  curl http://127.0.0.1:4010/users?limit=0"
	@echo "  curl -H 'Prefer: code=404' http://127.0.0.1:4010/users/3fa85f64-5717-4562-b3fc-2c963f66afa6"
	@$(BIN)/treaty mock specs/newsdesk

serve: $(READY) ## The reference API itself, from handlers/, on http://127.0.0.1:8080
	@$(BIN)/treaty serve

test: $(READY) ## All tests
	$(BIN)/python -m pytest -n auto --dist worksteal

oracle: $(READY) ## Generated requests and responses, ten times as many as in a test run
	TREATY_EXAMPLES=10 $(BIN)/python -m pytest -n auto --dist worksteal tests/corpus -k generated

lint: $(READY) ## Formatting and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(READY) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(READY) ## Types
	$(BIN)/mypy

layers: $(READY) ## Imports go downwards only
	$(BIN)/lint-imports

bench: $(READY) ## Start to first answer, beside Prism (needs npm)
	$(BIN)/python benchmarks/start.py

fuzz: $(READY) ## 150,000 mutated files, requests and bodies: nothing but answers may come of them
	$(BIN)/python benchmarks/fuzz.py

soak: $(READY) ## Ten minutes of mixed load, and 200 reloads: memory stays flat
	$(BIN)/python benchmarks/memory.py

lock: ## Renew requirements.lock: the newest versions that pyproject.toml allows
	rm -rf .lock-venv && $(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet --upgrade pip
	.lock-venv/bin/python -m pip install --quiet --group dev -e .
	.lock-venv/bin/python -m pip freeze --exclude-editable | sed -E 's/^(uvloop==.*)/\1; sys_platform != "win32"/' > requirements.lock
	rm -rf .lock-venv

docs: $(READY) ## Renew docs/reference from the help texts
	$(BIN)/python docs/generate.py

clean: ## Remove the virtual environment and all caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# What was tested is what is installed: requirements.lock has every version.
$(READY): pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
