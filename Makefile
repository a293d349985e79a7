# The only entry point: `make` lists the targets.
PYTHON ?= python3
SCENARIO ?= normal
IMAGES ?= auto
ENGINE ?= auto
export IMAGES ENGINE

VENV := .venv
PY := $(VENV)/bin/python
EXAMPLES := .cache/examples/examples.stamp
STACK := $(VENV)/stack.stamp
DEV := $(VENV)/dev.stamp

# One word for the shell, whatever stands in it.
quoted = '$(subst ','"'"',$(1))'

.DEFAULT_GOAL := help
.PHONY: help
help: ## List every target.
	@awk -F ':.*## ' '/^[a-zA-Z0-9_-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## The stack

.PHONY: init connect up demo down status doctor panels drill audit replay backup restore rotate-secrets rotate-certificates images
init: $(STACK) ## Write site.yaml, what differs in this installation, from a few questions (YES=1 asks nothing).
	$(PY) scripts/init.py $(if $(YES),--yes)

connect: $(STACK) ## Connect a service: NAME=… and PORT=…|COMPOSE=…|CONTAINER=…|ADDRESS=…, ROLE=… NETWORK=… LOGS=….
	$(PY) scripts/connect.py --name $(call quoted,$(NAME)) $(if $(ROLE),--role $(call quoted,$(ROLE))) \
	  $(if $(PORT),--port $(call quoted,$(PORT))) $(if $(COMPOSE),--compose $(call quoted,$(COMPOSE))) \
	  $(if $(CONTAINER),--container $(call quoted,$(CONTAINER))) $(if $(NETWORK),--network $(call quoted,$(NETWORK))) \
	  $(if $(ADDRESS),--address $(call quoted,$(ADDRESS))) $(if $(FILE),--compose-file $(call quoted,$(FILE))) \
	  $(if $(INTERVAL),--interval $(call quoted,$(INTERVAL))) $(if $(LOGS),--logs $(call quoted,$(LOGS)))

up: $(STACK) ## Start the stack for real services and wait until it is healthy.
	$(PY) scripts/up.py

demo: $(STACK) ## Start the stack with a simulated AMAIE (SCENARIO=normal|drawdown|…).
	$(PY) scripts/up.py --demo --scenario $(SCENARIO)

down: $(STACK) ## Stop everything; data stays (VOLUMES=1 deletes it).
	$(PY) scripts/down.py $(if $(VOLUMES),--volumes)

status: $(STACK) ## Show every service: state, address, where its password is.
	$(PY) scripts/status.py

doctor: $(STACK) ## Say what on this machine or in the configuration needs attention.
	$(PY) scripts/doctor.py

panels: $(STACK) ## Name every dashboard panel that has no data in the running stack.
	$(PY) scripts/panels.py

drill: $(STACK) ## Send a test alert to people, or show the messages of one alert (SEVERITY=critical|warning ALERT=…).
	$(PY) scripts/drill.py $(if $(SEVERITY),--severity $(SEVERITY)) $(if $(ALERT),--alert $(call quoted,$(ALERT)))

audit: $(STACK) ## Prove that no log record was lost (FILES=/var/log/amaie compares with what services wrote).
	$(PY) -m amaie_ingest audit $(FILES)

replay: $(STACK) ## Let rejected log records in again after a fix (DRY_RUN=1 only says how many).
	$(PY) -m amaie_ingest replay $(if $(DRY_RUN),--dry-run)

PASSPHRASE = $(if $(PASSPHRASE_FILE),--passphrase-file $(call quoted,$(PASSPHRASE_FILE)))
backup: $(STACK) ## Write a backup of the running stack: TO=/folder PASSPHRASE_FILE=… or as site.yaml says (DUE=1: if due).
	$(PY) scripts/backup.py $(if $(TO),--to $(call quoted,$(TO))) $(PASSPHRASE) $(if $(DUE),--due)

restore: $(STACK) ## Bring a backup back into a stack without data: FROM=/folder/backup-… (FORCE=1 replaces data).
	$(PY) scripts/restore.py --from $(call quoted,$(FROM)) $(PASSPHRASE) $(if $(FORCE),--force)

rotate-secrets: $(STACK) ## Replace all passwords of the running stack (GATEWAY=1: that of other machines, too).
	$(PY) scripts/rotate.py secrets $(if $(GATEWAY),--gateway)

rotate-certificates: $(STACK) ## Replace the authority and all certificates of the running stack.
	$(PY) scripts/rotate.py certificates

images: $(STACK) ## Pull or build the images of the stack.
	$(PY) scripts/images.py

## From the spec

.PHONY: generate dashboards
generate: $(STACK) ## Regenerate everything that follows from spec/.
	$(PY) scripts/generate.py

dashboards: $(STACK) ## Regenerate the Grafana dashboards only.
	$(PY) scripts/generate.py --only grafana

## Quality

.PHONY: check lint types drift regexes proofs
check: lint types drift regexes ## Lint, types, generated files, linear patterns; changes nothing.

lint: $(DEV) ## Lint and formatting of the Python sources.
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(DEV) ## Static types (mypy, strict).
	$(PY) -m mypy

drift: $(DEV) ## Are the generated files what the spec says?
	$(PY) scripts/generate.py --check

.PHONY: examples
examples: $(DEV) $(EXAMPLES) ## Run the real systems of examples/ and the logging recipes against the library.
	$(PY) -m pytest tests/unit/test_examples.py tests/unit/telemetry/test_recipes_page.py

regexes: $(DEV) test-tools ## Has the prover found every regular expression linear?
	$(PY) tests/regexes/gate.py

proofs: $(DEV) test-tools ## Ask the prover (recheck) about new regular expressions and keep its answers.
	$(PY) tests/regexes/gate.py --ask

.PHONY: explain-redaction
explain-redaction: $(DEV) ## Say what redaction masks in a text, by which rule and why (TEXT=…).
	@PYTHONPATH=src $(PY) -m amaie_telemetry.redact $(call quoted,$(TEXT))

UNIT = not integration and not e2e and not browser
INTEGRATION = (integration or browser) and not chaos and not chaos_stack
E2E = e2e and not pages and not recovery and not chaos_stack and not chaos_cluster and not doubled and not upgrade
SLOWEST = --durations 15
# Tests of a file that share a long preparation stay together.
MANY = -n auto --dist loadfile
# Two side by side, since most of their time is waiting; more would each bring an Elasticsearch of their own.
TWO = -n 2 --dist loadfile $(SLOWEST)
.PHONY: test unit integration e2e browser official chaos chaos-stack chaos-cluster doubled recovery upgrade pages mutate golden
.PHONY: recall screenshots test-tools bench-rules bench-series bench-logging bench-blocked bench-scrape soak soak-logging
.PHONY: bench-ingest bench-dashboard
.PHONY: bench-generate
test: check test-tools $(EXAMPLES) images ## Run all tests (lint, types, drift, unit, integration, end to end).
	$(PY) -m pytest -m "$(UNIT)" $(MANY)
	$(PY) -m pytest -m "$(INTEGRATION)" $(TWO)
	$(PY) -m pytest -m "$(E2E)" $(SLOWEST)

unit: $(DEV) ## Run the tests that need no Docker engine.
	$(PY) -m pytest -m "$(UNIT)" $(MANY)

integration: $(DEV) test-tools images ## Run the tests against the real tools in containers.
	$(PY) -m pytest -m "$(INTEGRATION)" $(TWO)

e2e: $(DEV) test-tools images ## Run the end-to-end test of the whole stack.
	$(PY) -m pytest -m "$(E2E)" $(SLOWEST)

browser: $(DEV) test-tools images ## Run the live dashboard's tests in headless Chromium.
	$(PY) -m pytest -m browser

official: $(DEV) test-tools ## Test the official images of Grafana, Kibana and Logstash (IMAGES=official).
	$(PY) -m pytest tests/integration/official

screenshots: $(DEV) test-tools ## Keep pictures of the running stack's pages in .cache/screenshots.
	PYTHONPATH=scripts:tests $(PY) tests/e2e/screenshots.py

pages: $(DEV) images ## Follow docs/connect*.md command by command, on a stack of its own (five minutes).
	$(PY) -m pytest -m pages

chaos: $(DEV) images ## Run the long fault schedules of the log pipeline (100,000 records through each).
	$(PY) -m pytest -m chaos

chaos-stack: $(DEV) images ## Stop, kill, fill and misguide everything on an engine of its own (COLD_STARTS=20 SEED=… ONLY=…).
	PYTHONPATH=scripts:tests $(PY) -m support.own_engine $(PY) -m pytest -s -m chaos_stack $(if $(ONLY),-k $(call quoted,$(ONLY)))

chaos-cluster: $(DEV) test-tools images ## Kill each of three Elasticsearch nodes in turn under 2,000 records a second (ROUNDS=2).
	$(PY) -m pytest -s tests/e2e/test_cluster.py

doubled: $(DEV) test-tools images ## Start, back up, restore and rotate three nodes, two of each monitor and a store.
	$(PY) -m pytest -s -m doubled $(SLOWEST)

recovery: $(DEV) images ## Run the drill of backup and restore: a stack is deleted and restored.
	$(PY) -m pytest -m recovery $(TWO)

upgrade: $(DEV) images ## From an older version to this one and back, while records wait (FROM=commit or tag).
	FROM=$(call quoted,$(FROM)) $(PY) -m pytest -m upgrade

mutate: $(DEV) images ## Mutate rules and routes; their tests must notice (ONLY=word of a name).
	PYTHONPATH=scripts:tests $(PY) -m support.mutate $(if $(ONLY),--only $(ONLY))

bench-rules: $(DEV) images ## What the rules cost as accounts grow: samples, ratios, and a plot.
	$(PY) tests/bench/bench_rules.py

bench-series: $(DEV) images ## How many series fit into the memory that Prometheus may use.
	$(PY) tests/bench/bench_series.py

bench-logging: $(DEV) ## The logging library beside its peers: ratios, as a table and a plot.
	$(PY) tests/bench/bench_logging.py

bench-blocked: $(DEV) ## What a caller waits for while the log file is blocked.
	$(PY) tests/bench/bench_blocked.py

bench-scrape: $(DEV) ## What a hot loop waits for during scrapes of 10,000 series.
	$(PY) tests/bench/bench_scrape.py

soak: $(DEV) images ## Hours at 2,000 records a second on a stack of its own: is all flat? (MINUTES=360; as root)
	$(PY) tests/bench/soak_stack.py $(if $(MINUTES),--minutes $(MINUTES))

soak-logging: $(DEV) ## Ten minutes at 5,000 records a second: is the memory flat?
	$(PY) tests/bench/soak_logging.py

bench-ingest: $(DEV) images ## The log shipper beside bare bulk requests.
	$(PY) tests/bench/bench_ingest.py

bench-dashboard: $(DEV) images ## What a viewer of the live dashboard costs.
	$(PY) tests/bench/bench_dashboard.py

bench-generate: $(DEV) ## How long generation takes with up to 1,000 KPIs and 2,000 alerts.
	$(PY) tests/bench/bench_generate.py

golden: $(DEV) ## Rewrite the expected files of the tests, then run these tests.
	$(PY) -m pytest -q tests/unit/test_generate.py tests/unit/generators/spec/test_kpispec.py --refresh

.PHONY: kubernetes
kubernetes: $(STACK) ## Write manifests for the operators of a cluster: OUT=/folder NAMESPACE=… LABEL=key=value.
	$(PY) scripts/manifests.py $(if $(OUT),--out $(call quoted,$(OUT))) \
	  $(if $(NAMESPACE),--namespace $(call quoted,$(NAMESPACE))) $(if $(LABEL),--label $(call quoted,$(LABEL)))

.PHONY: sbom vulnerabilities
sbom: $(STACK) ## Write the bill of materials, CycloneDX, to dist/sbom.cdx.json (OUT=…).
	$(PY) scripts/sbom.py $(if $(OUT),--output $(call quoted,$(OUT)))

vulnerabilities: $(DEV) ## Ask OSV about every pinned Python package; 2 if it could not be asked.
	$(PY) scripts/vulnerabilities.py

.PHONY: pythons
pythons: $(DEV) ## The library's unit tests on Python 3.11 to 3.14 and free-threaded (PYTHONS="3.12 /path/python").
	PYTHONPATH=tests $(PY) -m support.pythons $(PYTHONS)

recall: $(DEV) ## Measure redaction by the corpora of others; writes docs/redaction-recall.md.
	$(PY) tests/corpus/outside/measured.py

test-tools: ## Install what the tests need from Debian: Chromium, Node.js, Maven, a C compiler.
	@sh scripts/test-tools.sh

## Housekeeping

.PHONY: wheel lock format clean
wheel: $(STACK) ## Build the library that trading services install, and the shipper of other machines, into dist/.
	rm -rf .cache/build .cache/build-agent
	$(PY) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . ./src/amaie_ingest
	@ls dist/amaie_telemetry-*.whl dist/amaie_ingest-*.whl

lock: $(DEV) ## Pin all requirements again, with hashes.
	$(PY) -m uv pip compile -q pyproject.toml --group dev --python-version 3.11 $(LOCK) -o requirements-dev.txt
	$(PY) -m uv pip compile -q pyproject.toml --group stack --python-version 3.11 $(LOCK) -c requirements-dev.txt -o requirements.txt
	$(PY) -m uv pip compile -q pyproject.toml --group examples --python-version 3.11 $(LOCK) -o requirements-examples.txt
	$(PY) -m uv pip compile -q pyproject.toml --group service --python-version 3.13 $(LOCK) -c requirements-dev.txt -o requirements-service.txt
LOCK := --universal --generate-hashes --no-emit-index-url --no-header --no-annotate

format: $(DEV) ## Format the Python sources.
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

clean: ## Delete the virtual environment and caches (data and passwords stay).
	rm -rf $(VENV) .cache dist .mypy_cache .ruff_cache .pytest_cache .hypothesis src/*.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 2; }
	@echo "Creating the virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python's venv is missing; cure: apt-get install python3-venv" >&2; exit 2; }

$(STACK): requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing the scripts' requirements (about 20 seconds)"
	@$(PY) -m pip install --quiet --require-hashes -r requirements.txt
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt $(STACK)
	@echo "Installing the tests' requirements (about a minute)"
	@$(PY) -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(EXAMPLES): requirements-examples.txt | $(VENV)/bin/python
	@echo "Installing what the examples connect (about a minute)"
	@$(PY) -m venv .cache/examples
	@.cache/examples/bin/python -m pip install --quiet --require-hashes -r requirements-examples.txt
	@touch $@
