.PHONY: help run quick test proof mutate bench format
.DEFAULT_GOAL := help

# The newer command is a plugin of docker, the older one a program of its own.
COMPOSE := $(shell if docker compose version >/dev/null 2>&1; then echo docker compose; else echo docker-compose; fi)

help: ## What can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## Build the image and run the service with the settings of .env
	@# The Dockerfile needs BuildKit, which older engines have but do not use unasked.
	DOCKER_BUILDKIT=1 $(COMPOSE) up --build

quick: ## Build, check the formatting, run the tests that need no server and little time
	@build/quick

test: ## Build, check the formatting, run all tests (about half an hour on two cores)
	@build/test

proof: ## Measure what docs/proof/ claims: make proof TOPIC=upload
	@build/proof $(TOPIC)

mutate: ## See whether tests notice when Domain and Application are changed (hours): make mutate LAYER=Domain
	@build/mutate $(LAYER)

bench: ## Measure CPU, memory and bytes beside ImageMagick, sharp and libjpeg-turbo (options: benchmarks/run --help)
	@benchmarks/run $(BENCH)
	@benchmarks/service

format: ## Format the code
	dotnet format ImageBackend.sln
