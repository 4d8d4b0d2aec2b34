# Everything a person or CI does here. Each target sets up what it needs: a virtual environment in .venv from pyproject.toml,
# and Prometheus' programs in .tools where the machine has none. `make` alone lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help generate test lint verify mutants explore bench staging staging-check drill evidence hours pictures tools clean

RUN := .venv/bin/relrails
PY := .venv/bin/python
NO_PIP = relrails: pip could not install what pyproject.toml names; it needs a package index, see pip config and the network
say = @printf '\n== %s\n' "$(1)"

# An environment knows its own path: one that was moved, or whose Python is gone, is made anew.
ifneq ($(shell test -x .venv/bin/python && cat .venv/.made-in 2>/dev/null),$(CURDIR))
$(shell rm -f .venv/.made-in .venv/.run .venv/.dev)
endif

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-13s %s\n", $$1, $$2}' Makefile

generate: .venv/.run ## Render services/ and probes/ into generated/
	$(call say,relrails generate)
	@$(RUN) generate

test: lint tools ## All checks: lint, tests, generated/ is up to date, proofs on Prometheus 2.x and 3.x
	$(call say,pytest)
	@$(PY) -m pytest
	$(call say,relrails generate --check)
	@$(RUN) generate --check
	$(call say,relrails verify)
	@$(RUN) verify
	@printf '\nran: ruff check, ruff format, mypy, import-linter, relrails lint, pytest, relrails generate --check, relrails verify\n'

lint: .venv/.dev ## Style, types, the floors of the house, and the services themselves
	$(call say,ruff check)
	@$(PY) -m ruff check .
	$(call say,ruff format --check)
	@$(PY) -m ruff format --check .
	$(call say,mypy)
	@$(PY) -m mypy
	$(call say,import-linter)
	@.venv/bin/lint-imports
	$(call say,relrails lint)
	@$(RUN) lint

verify: .venv/.run tools ## Run the proofs that changed, on every promtool there is
	$(call say,relrails verify)
	@$(RUN) verify

mutants: .venv/.run tools ## Break the rules on purpose, and see which proof notices
	$(call say,relrails mutants)
	@$(RUN) mutants

explore: .venv/.dev tools ## Hunt for inputs that break a property, other ones each time
	$(call say,pytest -m hypothesis)
	@$(PY) -m pytest -m hypothesis --hypothesis-profile=explore

bench: .venv/.dev tools ## What generating, evaluating, gates, probes and canaries cost, and how often they are wrong
	$(call say,bench)
	@$(PY) -m bench

staging: .venv/.dev tools ## The services and everything that watches them, on the loopback, until Ctrl-C
	@$(PY) -m staging up

staging-check: .venv/.dev tools ## Bring staging up, prove that the journeys pass and that all accounts agree, take it down
	@$(PY) -m staging check

drill: .venv/.dev tools ## A bad release, its healthy twin, a killed controller, a dead dependency: what must happen, seen
	@$(PY) -m staging drill

evidence: .venv/.dev tools ## Staging under load, its gate, pages, drills and measurements, into .evidence/sprint-29/
	@$(PY) -m staging evidence
	@$(PY) -m staging pictures

hours: .venv/.dev tools ## Each budget passed at its true times, beside an hour of normal load, into .evidence/budget-hours/
	@$(PY) -m staging hours

pictures: .venv/.dev ## README's pictures, drawn from that evidence
	@$(PY) -m staging pictures

# A program that cannot be had does not stop the rest: what needs it fails by itself, and says so.
tools: .venv/.run ## Fetch the programs of Prometheus into .tools, where the machine has none
	$(call say,the programs of Prometheus)
	@$(PY) -m relrails.toolchain || printf 'relrails: what needs the missing programs will fail below\n' >&2

clean: ## Remove the environment, the fetched programs and all caches
	rm -rf .venv .tools .relrails-cache build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What running takes, and then what developing takes besides.
.venv/.run: .venv/.made-in pyproject.toml
	$(call say,installing relrails into .venv)
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable . || { echo "$(NO_PIP)" >&2; exit 1; }
	@touch $@

.venv/.dev: .venv/.run
	$(call say,installing the developer's tools into .venv)
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]' || { echo "$(NO_PIP)" >&2; exit 1; }
	@touch $@

.venv/.made-in:
	$(call say,making .venv)
	@set -e; \
	for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "relrails needs Python 3.11 or later, and there is none: looked at $(or $(PYTHON),python3 python3.14 to python3.11)" >&2; \
	  echo "  fix: apt-get install python3 python3-venv (Debian 12, Ubuntu 24.04 or later), brew install python (macOS)," >&2; \
	  echo "       or name one: make PYTHON=/path/to/python3.11" >&2; \
	  exit 1; \
	fi; \
	rm -rf .venv; \
	if $$found -c 'import ensurepip; ensurepip.version()' >/dev/null 2>&1; then $$found -m venv .venv; \
	elif $$found -m virtualenv --version >/dev/null 2>&1; then $$found -m virtualenv --quiet .venv; \
	elif command -v virtualenv >/dev/null; then virtualenv --quiet --python "$$found" .venv; \
	elif command -v uv >/dev/null; then uv venv --quiet --seed --python "$$found" .venv; \
	elif wheel=$$($$found relrails/toolchain/pip_wheel.py .tools); then \
	  $$found -m venv --without-pip .venv; .venv/bin/python "$$wheel/pip" install --quiet pip; \
	else \
	  echo "$$found cannot make a virtual environment: it has no ensurepip, and there is no virtualenv and no uv" >&2; \
	  echo "  fix: apt-get install python3-venv (Debian and Ubuntu ship it apart from python3)" >&2; \
	  exit 1; \
	fi; \
	printf '%s' '$(CURDIR)' > $@
