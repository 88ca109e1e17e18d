# Two commands matter: `make run` (the demo) and `make test` (everything that decides
# whether a change is good). Both need only Python 3.11 or newer with venv, and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCK   := $(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
          --generate-hashes --no-emit-index-url --no-annotate --no-header

.PHONY: run test install format lint types contracts unit bench lock clean

run: install
	$(BIN)/tui-monitor --demo

test: lint types contracts unit

install: $(VENV)/installed

$(VENV)/installed: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "tui-monitor needs Python 3.11 or newer: make PYTHON=/path/to/python3")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

contracts: install
	$(BIN)/lint-imports

# Compiled once, and not by each of the processes that the tests start; what pytest makes of the
# tests themselves (a tenth of the time) is kept for the next run, whatever the environment says.
unit: install
	$(BIN)/python -m compileall -q tui_monitor
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist loadgroup

bench: install
	$(BIN)/python -m tests.benchmarks

# Writes the hashed pins anew after a change of versions in pyproject.toml.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv==0.13.8
	$(LOCK) pyproject.toml --group dev requirements/build.in -o requirements/dev.txt
	$(LOCK) pyproject.toml --constraint requirements/dev.txt -o requirements/runtime.txt
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
