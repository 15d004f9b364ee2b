# `make demo` sets Isnad up, indexes seeds/ and answers a question; `make serve` does so in a browser;
# `make test` runs the tests.
# Needs Python 3.11 or newer, make and a package index; installs into .venv and nowhere else.

PYTHON ?= python3
QUESTION ?= what does the agreement cover?
VENV := .venv
PIP := $(VENV)/bin/python -m pip -qq --disable-pip-version-check
TORCH := torch==2.13.0
# What Isnad is compared with, in an environment of its own.
PEERS := .venv-peers
PARTS ?=

.PHONY: demo serve setup test bench lint types clean

demo: setup
	@echo '── Indexing seeds/'
	@$(VENV)/bin/qa index seeds --index index
	@echo '── Asking: $(QUESTION)'
	@$(VENV)/bin/qa ask --index index '$(QUESTION)'

serve: setup
	@$(VENV)/bin/qa index seeds --index index
	@$(VENV)/bin/qa serve --index index

setup: $(VENV)/.runtime

test: $(VENV)/.dev
	@echo '── Testing'
	@$(VENV)/bin/python -m pytest --numprocesses auto --cov --cov-fail-under=95

# All of it, or what PARTS names: make bench PARTS="cold warm" (benchmarks/compare/__main__.py lists them).
bench: $(VENV)/.bench $(PEERS)/.done
	@$(VENV)/bin/python benchmarks/compare $(PARTS)

lint: $(VENV)/.dev
	@echo '── Linting'
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

types: $(VENV)/.dev
	@echo '── Checking types'
	@$(VENV)/bin/mypy

clean:
	rm -rf $(VENV) $(PEERS) build dist src/*.egg-info .mypy_cache .pytest_cache .ruff_cache .coverage

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Isnad needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; name another one: make PYTHON=python3.12")'
	@echo '── Creating $(VENV)'
	@$(PYTHON) -m venv $(VENV)

# torch comes first and alone: its CPU build is a tenth of what an open requirement would fetch on Linux.
# Tried in turn: a CPU build in the configured indexes, PyTorch's own index, the plain wheel (CPU on macOS).
$(VENV)/.torch: $(VENV)/bin/python
	@echo '── Installing PyTorch, CPU build (190 MB)'
	@$(PIP) install '$(TORCH)+cpu' 2>/dev/null \
	|| $(PIP) install '$(TORCH)+cpu' --extra-index-url https://download.pytorch.org/whl/cpu 2>/dev/null \
	|| $(PIP) install '$(TORCH)'
	@touch $@

$(VENV)/.runtime: $(VENV)/.torch pyproject.toml constraints.txt
	@echo '── Installing Isnad and what it needs (280 MB)'
	@$(PIP) install --constraint constraints.txt --editable .
	@$(VENV)/bin/python -m compileall -q src
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@echo '── Installing the tools for tests'
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.runtime
	@echo '── Installing matplotlib, for the plot'
	@$(PIP) install --constraint constraints.txt --editable '.[bench]'
	@touch $@

$(PEERS)/.done: benchmarks/peers/requirements.txt
	@echo '── Installing what to compare with, in $(PEERS) (1.5 GB)'
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip -qq --disable-pip-version-check install '$(TORCH)+cpu' 2>/dev/null \
	|| $(PEERS)/bin/python -m pip -qq install '$(TORCH)+cpu' --extra-index-url https://download.pytorch.org/whl/cpu 2>/dev/null \
	|| $(PEERS)/bin/python -m pip -qq install '$(TORCH)'
	@$(PEERS)/bin/python -m pip -qq --disable-pip-version-check install --requirement $<
	@touch $@
