# The doors of the project. What is behind each is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help demo test foreign lint docs lab torture torture-quick clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: ## the whole main job on the simulator: offline and free
	@scripts/install
	@.venv/bin/sora-nb demo

test: ## every check there is: lint, types, tests, browser, notebooks
	@scripts/test

foreign: ## a real LiteLLM proxy and a mock server from npm, fetched first (several minutes)
	@scripts/install dev
	@.venv/bin/python -m pytest -m foreign tests/foreign -rs

lint: ## style and types alone
	@scripts/install dev
	@scripts/lint

docs: ## the site: guide, background and reference, in build/site
	@scripts/install docs
	@.venv/bin/python scripts/build_site.py

torture: ## what paid jobs survive, with figures: crashes, lost answers, full disks (under an hour)
	@scripts/install dev
	@scripts/install-torture
	@.venv/bin/python -m tests.torture

torture-quick: ## a part of each of that (under 5 minutes)
	@scripts/install dev
	@scripts/install-torture
	@.venv/bin/python -m tests.torture --quick

lab: ## JupyterLab on the guide
	@scripts/install lab
	@.venv/bin/sora-nb lab

clean: ## back to a fresh clone
	rm -rf .venv dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find sora_nb tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} +
