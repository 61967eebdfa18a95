# The environment is made once, in .venv, from the hashes in requirements.lock.
# Plain `make` prints the targets. `make verify ARGS=--quick` passes arguments on.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# The Python that .venv is made from. Empty: the first one found that fits.
PYTHON ?=
PYTHONS := python3.11 python3.12 python3.13 python3.14 python3
FITS := import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 15))
RANGE := >=3.11,<3.15

.DELETE_ON_ERROR:
.PHONY: help env verify test lint notebooks lock clean

help: ## print the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

env: $(VENV)/.installed ## make the environment, if it is not there

verify: env ## check every claim, then the shipped inputs
	$(BIN)/collapse verify --false-alarm 5e-7 $(ARGS)
	$(BIN)/collapse verify --counts pride-and-prejudice --data old-faithful --false-alarm 5e-7 $(ARGS)

test: env ## run the tests and the doctests
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: env ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy theory numerics proofs tests

notebooks: env ## run the notebooks and write them as .ipynb
	$(BIN)/python notebooks/build.py $(ARGS)

# Two stamps. The lock decides what is installed, and that needs the network; its
# stamp is a copy of it, so a lock that is merely newer is not installed again. Bytecode
# is made here, on all processors: without it, each start may take a second longer. The
# project itself comes from here, without the network. Each stamp is written last:
# a set-up that was interrupted starts again.

$(VENV)/.locked: requirements.lock
	@set -e; \
	if cmp -s requirements.lock $@; then touch $@; exit; fi; \
	rm -rf $(VENV); \
	if command -v uv >/dev/null 2>&1; then \
		echo "making $(VENV) with uv" >&2; \
		uv venv --quiet --python "$(or $(PYTHON),$(RANGE))" $(VENV); \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock; \
	else \
		for python in $(or $(PYTHON),$(PYTHONS)) ""; do \
			if [ -n "$$python" ] && "$$python" -c '$(FITS)' >/dev/null 2>&1; then break; fi; \
		done; \
		if [ -z "$$python" ]; then \
			echo "make: no Python 3.11 to 3.14 with venv found; name one: make PYTHON=..." >&2; \
			exit 1; \
		fi; \
		echo "making $(VENV) with $$python and pip" >&2; \
		"$$python" -m venv $(VENV); \
		$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check \
			--require-hashes -r requirements.lock; \
	fi; \
	$(BIN)/python -m compileall -q -j 0 $(VENV)/lib || true; \
	cp requirements.lock $(VENV)/.copied; \
	mv $(VENV)/.copied $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	@set -e; \
	if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --offline --python $(BIN)/python \
			--no-deps --no-build-isolation -e .; \
	else \
		$(BIN)/python -m pip install --quiet --no-index --disable-pip-version-check \
			--no-deps --no-build-isolation -e .; \
	fi
	@touch $@

lock: ## write requirements.lock again (needs uv); ARGS=--upgrade takes new versions
	@command -v uv >/dev/null 2>&1 || { echo "make: lock needs uv" >&2; exit 1; }
	uv pip compile pyproject.toml --extra cluster --extra lint --extra test --group build \
		--universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-config \
		--no-header --no-emit-index-url --no-emit-find-links --quiet \
		--output-file requirements.lock $(ARGS)

clean: ## remove the environment and what the tools leave behind
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	rm -rf notebooks/*.ipynb notebooks/pictures/data
	find theory numerics proofs tests -name __pycache__ -type d -prune -exec rm -rf {} +
