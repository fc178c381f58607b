# Two commands for everyone: `make run` and `make test`. The rest is for those who change the house.
.DEFAULT_GOAL := help
.PHONY: help run test check prove mutants lock bench screenshots clean

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: ## run the product with its demo marketplace on http://127.0.0.1:8000
	@scripts/prepare run
	@.venv/bin/shopbell demo carrier --beside $$$$ & exec .venv/bin/shopbell serve --demo

test: ## run everything: checks, SQLite, PostgreSQL, Chromium
	@exec scripts/test

check: ## run the fast part: format, lint, types, floors, unit tests on SQLite
	@exec scripts/check

prove: ## hurt it for an hour: kills, power cuts, bad lines; then a table of what was seen
	@exec scripts/prove

mutants: ## change protocol, rights and append code in small ways; see what no test notices (hours)
	@exec scripts/mutants

lock: ## make the locked requirement files again
	@exec scripts/lock

bench: ## measure what this machine can do: a quarter of an hour, and nothing else should run
	@exec scripts/bench

screenshots: ## make the pictures of the README from the running product
	@scripts/prepare test
	@exec .venv/bin/python -m scripts.screenshots

clean: ## forget everything that was built, but not the data
	rm -rf .stamps .tools .venv frontend/node_modules src/shopbell/web/static
