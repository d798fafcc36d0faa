# Fairway. `make demo` shows it, `make test` tests it; everything is set up on the way.

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
UV := $(BIN)/uv
MEMBERS := $(wildcard libs/* services/* tools/* apps/*)
MEMBER_FILES := $(addsuffix /pyproject.toml,$(MEMBERS))

# Tests start hundreds of processes: without bytecode on the disk each of them compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo demo-compose up up-local test-deploy test test-fast check format lint types \
	imports generated browser postgresql kafka prometheus lock migration generate fuzz test-pods test-cluster test-chaos \
	bench-ccsds bench-scale bench-screening bench-space-track bench-probability validation clean

help:  ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# --- set-up ----------------------------------------------------------------------------------------------------------

setup: .venv/.set-up  ## a virtual environment with everything that running needs, kernels compiled
setup-dev: .venv/.set-up-dev  ## the same, and everything that testing needs

$(UV): requirements-bootstrap.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-bootstrap.lock
	@touch $@

.venv/.set-up: $(UV) requirements.lock $(MEMBER_FILES)
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation $(addprefix --editable ,$(MEMBERS))
	$(BIN)/python -m fairway.kernels
	@touch $@

.venv/.set-up-dev: .venv/.set-up requirements-dev.lock
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements-dev.lock
	@touch $@

# --- use -------------------------------------------------------------------------------------------------------------

demo: setup  ## the main job on a demonstration catalogue, while you watch (ONCE=1: end after it; CATALOG=file|celestrak)
	@$(BIN)/fairway demo $(if $(ONCE),--once) $(if $(CATALOG),--catalog $(CATALOG))

demo-compose:  ## the main job through docker-compose.yml: every service in a container (needs Docker; BUILD=0: no build)
	@BUILD=$(or $(BUILD),1) scripts/demo-compose

up: setup  ## every service in one process, on the folder DATA (default ./data)
	@$(BIN)/fairway up --data $(or $(DATA),data)

up-local: setup-dev  ## every service as its own process on real PostgreSQL, Kafka, S3 and SMTP, in FOLDER (default build/local)
	@$(BIN)/python -m local_parts up --folder $(or $(FOLDER),build/local)

# --- test ------------------------------------------------------------------------------------------------------------

test: setup-dev browser postgresql kafka prometheus  ## every test, on real parts (WORKERS processes side by side)
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

test-fast: setup-dev  ## what a change to one library needs: no services, no browser
	$(BIN)/pytest tests/unit -m "not slow"

check: setup-dev format lint types imports generated test  ## what CI runs

format: setup-dev
	$(BIN)/ruff format --check .

lint: setup-dev
	$(BIN)/ruff check .

types: setup-dev
	$(BIN)/mypy

imports: setup-dev
	$(BIN)/lint-imports

generated: setup-dev  ## generated files and lock files are what their sources say
	scripts/lock --check
	scripts/generate --check

browser:
	@scripts/browser

postgresql:
	@scripts/postgresql

kafka:
	@scripts/kafka

prometheus:
	@scripts/prometheus

test-deploy: setup-dev kafka  ## the image and docker-compose.yml on a real container engine, started here where none runs
	$(BIN)/pytest tests/deploy/engine_checks.py --exitfirst

test-pods: setup-dev postgresql kafka  ## screening workers as processes under SIGTERM, SIGKILL and SIGSTOP: one file of the suite
	$(BIN)/pytest tests/e2e/test_screening_pods.py

test-cluster: setup-dev  ## the chart on a real Kubernetes with real pods (root; IMAGE or ARCHIVE, SCALE_DOWN, KEEP=1)
	PYTHONPATH=tests $(BIN)/python -m cluster $(if $(IMAGE),--image $(IMAGE)) $(if $(ARCHIVE),--archive $(ARCHIVE)) \
		$(if $(SCALE_DOWN),--scale-down $(SCALE_DOWN)) $(if $(KEEP),--keep)

test-chaos: setup-dev kafka  ## the work twice on real parts, once while they are killed and cut off (SEED, SHORT=1, SCENARIO=all)
	PYTHONPATH=tests $(BIN)/python -m chaos $(if $(SEED),--seed $(SEED)) $(if $(SHORT),--short) \
		$(if $(SCENARIO),--scenario $(SCENARIO))

# --- change ----------------------------------------------------------------------------------------------------------

lock: $(UV)  ## write the lock files anew, keeping what need not change
	scripts/lock

generate: setup-dev  ## write every generated file: OpenAPI, event schemas, rules reference, error pages, settings
	scripts/generate

migration: setup-dev  ## m="what changes": a migration for what the tables say now
	scripts/migration "$(m)"

fuzz: setup-dev  ## broken messages for FUZZ_MINUTES (default 10); what escapes is kept in build/fuzz
	PYTHONPATH=tests $(BIN)/python -m support.fuzzing --minutes $(or $(FUZZ_MINUTES),10)

bench-ccsds: setup-dev  ## reading of messages, beside its peers in environments of their own
	$(BIN)/python benchmarks/ccsds_messages.py
	PYTHONPATH=tests $(BIN)/python benchmarks/hostile_input.py

validation: setup-dev  ## the report of the probability of collision, in docs/validation (TRIALS=10000000 of Monte Carlo)
	PYTHONPATH=tests $(BIN)/python -m validation $(if $(TRIALS),--trials $(TRIALS))

bench-probability: setup-dev  ## probability of collision: speed and accuracy, with its peers where they are installed
	PYTHONPATH=tests $(BIN)/python benchmarks/probability.py

bench-scale: setup-dev kafka  ## the whole service at scale on real parts (ONLY="reads uploads cdms screening restart soak")
	PYTHONPATH=tests $(BIN)/python benchmarks/scale.py $(if $(ONLY),--only $(ONLY))

bench-space-track: setup-dev  ## 10,000 CDMs that wait at Space-Track after an outage: time and memory (CDMS=…)
	$(BIN)/python benchmarks/space_track_backlog.py $(if $(CDMS),--cdms $(CDMS))

bench-screening: setup-dev  ## screening: every bound of speed, memory and exactness, beside its peers
	$(BIN)/python benchmarks/screening.py

clean:
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
