# Two commands are enough: `make demo` shows what Minyi does, `make test` checks all of it. Both may be run again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
PURPOSE := risk_identification

.PHONY: demo test lint format clean

demo: $(VENV)/.installed
	@$(BIN)/python -m examples.demo --home $(DEMO)

test: $(VENV)/.installed-dev lint
	@echo "== Tests (SQLite, PostgreSQL and Elasticsearch on loopback, embedded index) =="
	@$(BIN)/python -m pytest -n 2

lint: $(VENV)/.installed-dev
	@echo "== Style, types, direction of imports =="
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

$(VENV)/bin/python:
	@echo "== Creating the environment in $(VENV) =="
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Minyi needs Python 3.11 or newer; choose one with: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.installed: pyproject.toml requirements.lock | $(VENV)/bin/python
	@echo "== Installing Minyi and what it needs (once; about a minute) =="
	@$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml requirements.lock | $(VENV)/bin/python
	@echo "== Installing Minyi and what its tests need (once; about a minute) =="
	@$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) $(DEMO)
