# What a newcomer calls. `make help` lists it all; each target installs what it needs and says so.
.PHONY: help demo test lint bench sim planted quiet operator-kills kills powerloss fuzz e2e e2e-all image image-repro demo-helm cluster-test clean setup
.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*##/\t/' | expand -t 14

demo: setup ## a group of three on doubles: kill the primary, switch over, count the writes
	@test/demo/run $(DEMO)

test: ## build with both compilers and run every test
	@tools/run-tests

lint: setup ## clang-format, await grammar, layering, text; then clang-tidy over what changed (all of it: make lint ALL=1)
	@tools/lint $(if $(ALL),--all)

bench: setup ## the budgets of docs/performance.md, measured and judged (six minutes)
	@tools/bench $(RUNS)

sim: setup ## simulate one seed and print its trace: make sim SEED=7; many: make sim SEEDS='1 1000'
	@tools/sim $(or $(SEEDS),$(SEED),1)

planted: setup ## plant the known bugs one by one and show the seed that finds each (make planted BUGS='no_seal')
	@tools/planted $(BUGS)

quiet: setup ## ten minutes of the operator where nothing changes: only watches and its Lease's renewals (MINUTES=1)
	@tools/operator-quiet $(or $(MINUTES),10)

operator-kills: setup ## kill the operator after each of its writes in turn, all kinds and a roll: the same end each time
	@tools/operator-kills

kills: setup ## kill processes of the engine's double 500 times and look for every acknowledged row (N=60, SEED=7)
	@tools/crash kills $(or $(N),500)

powerloss: setup ## take the power from the engine's double at every write boundary of a recorded run (N=500, SEED=7)
	@tools/crash powerloss $(or $(N),0)

fuzz: setup ## give the engine's double's parsers bytes that nobody thought of (MINUTES=30 for each target)
	@tools/fuzz $(or $(MINUTES),5)

e2e: ## groups on a real Kubernetes (root): make e2e; ONLY='name name', KEEP=1, MICROSOFT=1, STATIC=1
	@test/e2e/run $(if $(KEEP),--keep) $(if $(MICROSOFT),--microsoft) $(if $(STATIC),--static) $(ONLY)

e2e-all: ## the same with every scenario there is; at its end a table of them (40 minutes); STATIC=1
	@test/e2e/run --all $(if $(STATIC),--static)

image: setup ## the images, as archives in build/images (root; docker/README.md for other builders)
	@docker/build-local

image-repro: setup ## compile the image's programs a second time, from nothing: they must be the same (half an hour)
	@docker/compile-again

demo-helm: ## helm install and a custom resource on the real Kubernetes of e2e (root); KEEP=1 leaves it up
	@test/e2e/run $(if $(KEEP),--keep) installed-by-helm

cluster-test: ## the three-node Kubernetes of the end-to-end tests, tested itself
	@tools/setup cluster
	@test/e2e/cluster_check

setup: ## install what building and testing need (apt as root or with sudo)
	@tools/setup

clean: ## remove build trees (caches stay)
	rm -rf build
