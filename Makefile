# What a newcomer calls. `make help` lists it all.
.PHONY: help demo test lint bench sim planted e2e clean setup
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 12

setup: ## install what building and testing need (apt as root or with sudo)
	@tools/setup

test: ## build with both compilers and run every test
	@tools/run-tests

lint: ## clang-format, await grammar, layering
	@tools/lint

e2e: ## the slice on a real Kubernetes
	@echo 'make e2e: not yet'; exit 2

clean: ## remove build trees (caches stay)
	rm -rf build
