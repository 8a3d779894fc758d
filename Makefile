# Everything a person does with this checkout. `make help` lists it.
# Nothing but Python 3.11 or newer, make and a package index is assumed.

PYTHON ?= $(shell for found in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$found -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$found && break; done)
BIN := .venv/bin
# Quiet, so that no package index's address is printed.
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input
# One more than the cores there usually are: a browser's test mostly waits.
WORKERS ?= 3
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url

.PHONY: help setup run demo test check check-types check-rest format bench gallery faults lock

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv/.ready ## make .venv from the hashed lock, with .venv/bin/cheerboard in it

run: .venv/.ready ## serve on SQLite in ./data
	@exec $(BIN)/cheerboard serve

demo: .venv/.ready ## an invented company, signed webhooks all the time, a moving wall
	@exec $(BIN)/cheerboard demo

# Tests start the program many times: what Python compiles is kept, whatever it was told.
test faults: export PYTHONDONTWRITEBYTECODE =

test: .venv/.ready-dev ## prepare what the tests need, then run all of them
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: .venv/.ready-dev ## format, lint, imports, types
	@$(MAKE) --no-print-directory -j 2 check-types check-rest

# The types take as long as everything else together, so they run beside it.
check-types:
	$(BIN)/mypy

check-rest:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo

format: .venv/.ready-dev ## format, and fix what can be fixed without thinking
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.ready-dev ## measure, and print one table
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m tests.bench

gallery: .venv/.ready-dev ## every scene in every state, theme and size, into build/gallery
	@$(BIN)/python -m tests.machine
	$(BIN)/python -m tests.gallery

faults: .venv/.ready-dev ## kill, fill and starve, for longer than the suite does
	@$(BIN)/python -m tests.machine
	CHEERBOARD_FAULTS=long $(BIN)/python -m pytest -m faults

lock: .venv/.ready-dev ## pin requirements*.in anew, with hashes and without addresses
	$(LOCK) --upgrade requirements.in -o requirements.txt
	$(LOCK) --upgrade requirements-dev.in -o requirements-dev.txt

.venv/.made:
	@test -n "$(PYTHON)" || { echo "Cheerboard needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Cheerboard needs Python 3.11 or newer; $(PYTHON) is older." >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv >/dev/null 2>&1 || { \
		test "$$(id -u)" = 0 && env DEBIAN_FRONTEND=noninteractive sh -c \
		"apt-get -qq update; apt-get -qq -y install python3-venv" >/dev/null 2>&1 </dev/null \
		&& $(PYTHON) -m venv --clear .venv >/dev/null; } || { \
		echo "This Python cannot make virtual environments: install its venv module" \
		"(on Debian: apt-get install python3-venv)." >&2; exit 1; }
	@touch $@

# A stamp is younger than the lock it was made from: a second run does nothing.
.venv/.ready: .venv/.made requirements.txt pyproject.toml
	@echo "Setting up .venv"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.txt
	@echo "Setting up the tools for tests"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
