# Everything a contributor runs. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run engine worker web test check coverage-table bench conformance format migrations clean ui check-ui

VENV := .venv
PYTHON := $(VENV)/bin/python
HOST ?= 127.0.0.1
PORT ?= 8000
# Where a conformance corpus is; tests/manifests travels with the repository.
CORPUS ?= tests/manifests
SOURCES := config workflows tests manage.py

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.installed: requirements.txt requirements-dev.txt constraints.txt
	test -x $(PYTHON) || python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: $(VENV)/.installed ## Start everything in one process on http://127.0.0.1:8000 (HOST=, PORT=)
	@$(PYTHON) manage.py run_server --host $(HOST) --port $(PORT)

engine: $(VENV)/.installed ## Production role: the engine
	@$(PYTHON) manage.py engine

worker: $(VENV)/.installed ## Production role: a Celery worker
	@$(VENV)/bin/celery --app config.celery worker --pool threads --loglevel INFO

web: $(VENV)/.installed ## Production role: API, live updates and pages
	@$(VENV)/bin/uvicorn config.asgi:application --host $(HOST) --port $(PORT)

test: $(VENV)/.installed ## Run all tests
	$(PYTHON) -m pytest

check: $(VENV)/.installed ## Lint, types, import rules, migrations, file lengths
	$(VENV)/bin/ruff check $(SOURCES)
	$(VENV)/bin/ruff format --check $(SOURCES)
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	DJANGO_SETTINGS_MODULE=config.settings.test $(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m tests.file_length
	$(PYTHON) -m tests.coverage --check

coverage-table: $(VENV)/.installed ## Write docs/argo-coverage.md from the tests' markers
	$(PYTHON) -m tests.coverage

format: $(VENV)/.installed ## Rewrite the code in the agreed format
	$(VENV)/bin/ruff check --fix $(SOURCES)
	$(VENV)/bin/ruff format $(SOURCES)

ui: frontend/node_modules ## Build the front end into static/app (needs Node 20)
	cd frontend && npm run --silent build

check-ui: frontend/node_modules ## Types, rules and tests of the front end
	cd frontend && npm run --silent check

frontend/node_modules: frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --silent
	@touch $@

bench: $(VENV)/.installed ## Measure, print a table, write build/bench.json
	$(PYTHON) -m tests.bench

conformance: $(VENV)/.installed ## Compare runs with trees recorded from Argo (CORPUS=folder)
	$(PYTHON) -m tests.conformance $(CORPUS)

migrations: $(VENV)/.installed ## Write migrations for changed models
	$(PYTHON) manage.py makemigrations workflows

clean: ## Remove what the other targets made, except the data folder
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
