# `make run` builds everything from nothing and starts it; `make` alone says what else there is.
.DEFAULT_GOAL := help
.PHONY: help run test lint chaos mutants bench seed screenshots migrations requirements

PIP := .venv/bin/python -m pip --disable-pip-version-check --quiet
COMPILE := .venv/bin/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --strip-extras --allow-unsafe

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/for-run ## start Crier: servers, web, workers and simulator; Ctrl-C stops it all
	@exec .venv/bin/python -m embedded up

test: .venv/for-test ## all tests; ARGS="tests/unit -k phone" for some of them
	@.venv/bin/python scripts/chromium.py
	@.venv/bin/pytest $(ARGS)

lint: .venv/for-test ## style and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

bench: .venv/for-test ## benchmarks, as ratios to a bare loop; ARGS="http tls --pairs 3" for some of them
	@.venv/bin/python -m bench $(ARGS)

chaos: .venv/for-test ## the fault suite, docs/faults.md; FAULT=S7 for one fault, SEEDS=20 for the long form
	@.venv/bin/python -m chaos $(if $(FAULT),--fault $(FAULT)) $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS))
	@$(if $(FAULT)$(SEEDS),:,CHAOS=1 .venv/bin/pytest -n 0 tests/sending/test_protocol.py)

mutants: .venv/for-test ## engines broken on purpose: the fault suite must find each; MUTANT=no_gate for one
	@.venv/bin/python -m chaos.mutants $(MUTANT)

seed: .venv/for-run ## demo data for the Crier that runs
	@.venv/bin/flask --app wsgi seed

screenshots: .venv/for-test ## pictures for the README; ARGS="--all FOLDER" for every page
	@.venv/bin/python scripts/chromium.py
	@.venv/bin/python -m scripts.screenshots $(ARGS)

migrations: .venv/for-run ## write the next migration from the models: NAME="add a column"
	@test -n "$(NAME)" || { echo 'Say what it does: make migrations NAME="add a column"' >&2; exit 1; }
	@.venv/bin/flask --app wsgi db migrate -m "$(NAME)"

requirements: .venv/for-test ## pin what requirements*.in ask for; UPGRADE=--upgrade for newer versions
	$(COMPILE) $(UPGRADE) requirements.in
	$(COMPILE) $(UPGRADE) requirements-dev.in

# The two stamps below are older than the requirements when there is something to install.
.venv/for-run: requirements.txt | .venv/bin/python
	@echo "Installing the packages of requirements.txt"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/for-test: requirements-dev.txt .venv/for-run
	@echo "Installing the packages of requirements-dev.txt"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

.venv/bin/python:
	@for python in python3.13 python3.12 python3.11 python3; do \
	    if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Making .venv with $$($$python --version)"; \
	        exec $$python -m venv --clear .venv; \
	    fi; \
	done; \
	echo "Crier needs Python 3.11 or newer with its venv module, and none was found (Debian: apt-get install python3-venv)." >&2; \
	exit 1
