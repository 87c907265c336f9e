# Everything a newcomer needs: `make demo` and `make test` set themselves up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KAFKA := build/kafka-$(shell sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' deploy/kafka/pom.xml)

TOOLS := build/tools

.PHONY: help demo test check fix kafka sbom audit lock clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "gongkai needs Python 3.11 to 3.13; $(PYTHON) is another. Say make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/installed: $(VENV)/created requirements/all.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/all.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/developing: $(VENV)/installed requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

demo: $(VENV)/installed ## the whole way on fictional sample counties: fetch, parse, check, store, show
	$(BIN)/gongkai demo

test: check ## every test, after the checks
	@$(MAKE) --no-print-directory kafka || echo "Without Kafka's jars its tests are skipped; in CI they fail."
	$(BIN)/pytest -n 3 --dist loadgroup

check: $(VENV)/developing ## ruff, mypy and the import layers; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/developing ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(KAFKA)/fetched: deploy/kafka/pom.xml
	mvn --quiet --batch-mode --file deploy/kafka/pom.xml package
	touch $@

kafka: $(KAFKA)/fetched ## the jars of Apache Kafka, for tests and for development without Docker (Maven, JDK 17)

$(TOOLS)/installed: $(VENV)/created
	$(BIN)/python -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=5,<8' 'pip-audit>=2.7,<3'
	touch $@

sbom: $(TOOLS)/installed ## what the images hold, as CycloneDX: build/sbom.json
	$(TOOLS)/bin/cyclonedx-py requirements requirements/all.txt --pyproject pyproject.toml --output-reproducible \
		--output-file build/sbom.json

audit: $(TOOLS)/installed ## the requirements against the known vulnerabilities; says so where those cannot be had
	@rm -f build/audit.json
	@$(TOOLS)/bin/pip-audit --requirement requirements/all.txt --disable-pip --progress-spinner off \
		--format json --output build/audit.json 2>build/audit.log; found=$$?; \
	if [ -s build/audit.json ]; then cat build/audit.log >&2; exit $$found; fi; \
	echo "NOT CHECKED: the database of vulnerabilities cannot be reached; nothing is known of the requirements." >&2

lock: $(VENV)/developing ## resolve the requirements again (hashes, no download addresses)
	$(BIN)/python -m pip install --quiet uv
	for name in all dev; do $(BIN)/uv pip compile pyproject.toml --extra $$name --extra build --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --upgrade \
		--custom-compile-command "make lock" --quiet -o requirements/$$name.txt; done

clean: ## remove what make made
	rm -rf $(VENV) build *.egg-info
