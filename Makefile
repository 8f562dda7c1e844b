# make lab              sets everything up and starts JupyterLab with the extension
# make test             sets everything up and runs the suites that need neither Kubernetes nor other versions
# make test-versions    the same for the long suites: JupyterLab 4.0, Notebook 7, kfp, fuzz
# make test-kubernetes  runs the suite on a Kubernetes: yours ($KUBECONFIG), or one it brings up
# make dist             sets everything up and builds sdist and wheel into dist/
# All are incremental; `make clean` forgets what they made.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
# Our own Python and, where the machine has none, our own Node come first.
export PATH := $(BIN):$(PATH)
STAMPS := .make
SOURCES := $(shell find src style schema -type f)

.PHONY: help setup lab test test-versions test-kubernetes dist lint types server fuzz frontend coverage browser idle gateway containment wheel oldest notebook7 kfp benchmark benchmark-peer clean

help:
	@sed -n '1,6s/^# //p' Makefile

$(STAMPS)/python: pyproject.toml scripts/python.sh
	@scripts/python.sh $(VENV)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: $(STAMPS)/python scripts/node.sh
	@scripts/node.sh
	@touch $@

$(STAMPS)/packages: $(STAMPS)/node package.json yarn.lock
	@echo "Installing front-end packages"
	@jlpm install --immutable >$(STAMPS)/packages.log 2>&1 || { cat $(STAMPS)/packages.log; exit 1; }
	@touch $@

$(STAMPS)/frontend: $(STAMPS)/packages tsconfig.json webpack.config.js $(SOURCES)
	@echo "Building the front end"
	@jlpm build:prod >$(STAMPS)/frontend.log 2>&1 || { cat $(STAMPS)/frontend.log; exit 1; }
	@jupyter-builder develop --overwrite . >$(STAMPS)/develop.log 2>&1 || { cat $(STAMPS)/develop.log; exit 1; }
	@touch $@

setup: $(STAMPS)/frontend

# Arguments for JupyterLab: make lab ARGS="--port 9999"
lab: setup
	@exec jupyter lab $$([ "$$(id -u)" != 0 ] || echo --allow-root) --ServerApp.root_dir=examples $(ARGS)

# Two rows side by side: one computes, the other one mostly waits for pages.
test: setup
	@trap 'echo "not run: make test-versions, make test-kubernetes"' EXIT; \
	scripts/test.sh lint types frontend idle server + wheel browser gateway containment

test-versions: dist
	@scripts/test.sh oldest + notebook7 kfp fuzz

# Arguments for pytest: make test-kubernetes PYTEST_ARGS="-k idle"
test-kubernetes: setup
	@scripts/kubernetes.sh

dist: setup
	@scripts/dist.sh

# One suite: make server
lint types server fuzz frontend coverage browser idle gateway containment wheel oldest notebook7 kfp: setup
	@scripts/test.sh $@

# Figures, not verdicts: see docs/performance.md
benchmark: setup
	@python -m benchmarks.responsiveness

# The same figures for us and for dask-labextension: make benchmark-peer ROWS="start proxy"
benchmark-peer: setup
	@scripts/benchmarks.sh $(ROWS)

clean:
	rm -rf $(VENV) .venv-* $(STAMPS) node_modules lib dist jupyter_dask_k8s/labextension tsconfig.tsbuildinfo
