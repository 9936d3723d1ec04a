# The two commands a newcomer needs are `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --disable-pip-version-check

.PHONY: install install-dev demo test test-long fuzz faults bench screenshots lock format

install: $(VENV)/.demo-installed
install-dev: $(VENV)/.dev-installed

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 could not make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.demo-installed: requirements/demo.lock pyproject.toml | $(VENV)/bin/pip
	$(PIP) install --quiet --require-hashes -r requirements/demo.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev-installed: requirements/dev.lock $(VENV)/.demo-installed
	$(PIP) install --quiet --require-hashes -r requirements/dev.lock
	@touch $@

# Two benches need more: what they measure against.
$(VENV)/.bench-installed: requirements/bench.lock $(VENV)/.dev-installed
	$(PIP) install --quiet --require-hashes -r requirements/bench.lock
	@touch $@

demo: install
	@$(BIN)/multiagency demo $(ARGS)

test: install-dev
	@$(BIN)/python tools/check.py $(ARGS)

# make bench NAME=access ARGS=--json
NAME ?= access
bench: install-dev $(if $(filter pages agenda,$(NAME)),$(VENV)/.bench-installed)
	@$(BIN)/python -m bench.$(NAME) $(ARGS)

# Thousands of longer games of tests/properties: hours, for a night before a release. Goes on where it was interrupted.
# make test-long ARGS="--games 2000 --steps 40 --from 7"
test-long: install-dev
	@$(BIN)/python tools/long.py $(ARGS)

# 10 000 odd requests at every route as everybody; goes on where it was interrupted.
# make fuzz ARGS="--requests 2000 --from 7"
fuzz: install-dev
	@$(BIN)/python tools/fuzz.py $(ARGS)

# Hostile rows under a running worker, and every process killed under load. Goes on where it was interrupted.
# make faults ARGS="--rounds 3 --rows 1000 --kills 30 --from 7"
faults: install-dev
	@$(BIN)/python tools/faults.py $(ARGS)

format: install-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The browser tests take the pictures; these two stand in the README.
screenshots: install-dev
	PICTURES=1 $(BIN)/python -m pytest -q tests/journeys/test_main_job.py
	mkdir -p docs/images && cp build/screenshots/case.png build/screenshots/log.png docs/images/

# Needs uv (pip install uv); the lock files name hashes and no host.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header
lock:
	$(COMPILE) pyproject.toml --extra demo --extra dev -o requirements/dev.lock
	$(COMPILE) pyproject.toml --extra demo -c requirements/dev.lock -o requirements/demo.lock
	$(COMPILE) pyproject.toml -c requirements/dev.lock -o requirements/runtime.lock
	$(COMPILE) --group bench -c requirements/dev.lock -o requirements/bench.lock
	sed -n 's/^requires = \["\(.*\)"\]$$/\1/p' pyproject.toml | $(COMPILE) - -c requirements/dev.lock -o requirements/build.lock
