# Two commands are enough: `make demo` shows what Minyi does, `make test` checks all of it. Both may be run again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
PURPOSE := risk_identification

.PHONY: demo test lint format clean train-extra browser fuzz privacy lock sbom licences

demo: $(VENV)/.installed
	@$(BIN)/python -m examples.demo --home $(DEMO)

# Tests start the program hundreds of times: where the environment forbids keeping what was compiled, each start would
# compile all of it again.
test: $(VENV)/.installed-dev lint browser
	@echo "== Tests (SQLite, PostgreSQL and Elasticsearch on loopback, embedded index) =="
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2

# The console is tested in a real browser, Debian's chromium. Where it cannot be had, those tests are left out and say so.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	    && echo "== Installing chromium for the tests of the console (once; about a minute) ==" \
	    && apt-get update -q >/dev/null && apt-get install -y -q chromium fonts-noto-cjk >/dev/null; } \
	  || echo "No chromium: the tests of the console in a browser are left out. Install it: apt-get install chromium fonts-noto-cjk"

lint: $(VENV)/.installed-dev
	@echo "== Style, types, direction of imports =="
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# With the extra `train` the tests of training run too; without it they are left out.
train-extra: $(VENV)/.installed-train

# New bad inputs every time; what fails is kept in tests/fuzzing/corpus and tried in every test run from then on.
INPUTS ?= 100000
fuzz: $(VENV)/.installed-dev
	@$(BIN)/python -m benchmarks.fuzz --inputs $(INPUTS)
	@$(BIN)/python -m pytest tests/pipeline/redact tests/index tests/crawlers/importers --hypothesis-profile=default

# Runs the tests of the privacy rules and writes their result into docs/PRIVACY.md.
privacy: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.privacy.table

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

# torch on PyPI is built for CUDA and weighs 5 GB with what it needs; the build for CPUs, where its index can be reached,
# a twentieth of it. Both are the same version, and both serve.
TORCH_CPU := https://download.pytorch.org/whl/cpu
$(VENV)/.installed-train: pyproject.toml requirements.lock | $(VENV)/.installed-dev
	@echo "== Installing what training needs (once; some minutes) =="
	@index=; curl -sfI --max-time 10 $(TORCH_CPU)/torch/ >/dev/null 2>&1 && index="--extra-index-url $(TORCH_CPU)"; \
	  $(BIN)/python -m pip install --quiet --constraint requirements.lock $$index --editable '.[train]'
	@touch $@

# Both lists of pins come from pyproject.toml; what is pinned already stays. requirements.lock constrains what is developed
# with, requirements.hashed.lock is what is installed where Minyi runs: with hashes, which constraints cannot hold.
lock: $(VENV)/.installed-dev
	@$(BIN)/uv pip compile pyproject.toml --all-extras --universal --no-annotate --no-header --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra build --extra elastic --extra otel --extra postgres --universal \
	  --constraint requirements.lock --generate-hashes --no-annotate --no-header --quiet -o requirements.hashed.lock

# What the product is made of (CycloneDX), and under which licences.
sbom: $(VENV)/.installed-dev
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements requirements.hashed.lock --pyproject pyproject.toml --output-reproducible \
	  --of JSON -o build/minyi.cdx.json
	@echo "build/minyi.cdx.json"

licences: $(VENV)/.installed-dev
	@mkdir -p build
	@$(BIN)/python -m ops.licences --report build/licences.md

clean:
	rm -rf $(VENV) $(DEMO) build
