# The commands of the register. Nothing but a Python of 3.11 to 3.13 and make is needed beforehand.
PORT ?= 8000
SEED ?= 1
VENV ?= .venv
READERS ?= .venv-readers
RELEASE ?= .venv-release
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c '$(SUPPORTED)' 2>/dev/null && echo $$p && break; done)
endif
IN_VENV := $(VENV)/bin/python -m

# Every process would compile Django and all else anew, and there are hundreds of them.
unexport PYTHONDONTWRITEBYTECODE

.SILENT:
.PHONY: help run test test-all year slow coverage bench golden screenshots messages fix requirements sbom advisories clean runtime development readers auditing python

help:
	echo "make run [PORT=8000]   set up and serve a demonstration with invented data on this machine"
	echo "make test              set up and run the checks and tests that a change must pass, on SQLite and PostgreSQL"
	echo "make test-all          the same with all examples, and every test on both databases; takes up to 40 minutes"
	echo "make year [SEED=1]     live a year in an installed register, by HTTP, beside a ledger of its own; takes half an hour"
	echo "make slow              print again where the time of the last run of the tests went"
	echo "make coverage          run the tests on SQLite and print how much of the code they reach, the worst files first"
	echo "make bench             measure, and print the figures"
	echo "make golden            write the golden files of tests/golden anew, after what is outside was changed on purpose"
	echo "make screenshots       picture every page"
	echo "make messages          gather what is said in code and templates for translation (needs xgettext)"
	echo "make fix               put code and templates in the agreed form"
	echo "make requirements      pin the newest allowed packages (needs uv)"
	echo "make sbom              write what a release is made of to sbom.cdx.json (CycloneDX)"
	echo "make release           make the archive of this commit, with wheels, bill of materials and checksums, in dist/ (needs a network)"
	echo "make advisories        ask which pinned packages have known faults (needs a network)"
	echo "make clean             remove the virtual environments and caches; the data in var/ stays"
	echo "Variables: PYTHON (now: $(PYTHON)), VENV (now: $(VENV))"

run: runtime
	$(IN_VENV) scripts.serve --port "$(PORT)"

test: development
	$(IN_VENV) scripts.check

test-all: development readers
	READERS_PYTHON="$(READERS)/bin/python" $(IN_VENV) scripts.check --all

year: development
	$(IN_VENV) tests.year --seed "$(SEED)"

slow: development
	$(IN_VENV) scripts.times

coverage: development
	$(IN_VENV) pytest -n auto --dist worksteal -m "not browser and not bench and not long" --cov --cov-report= --cov-fail-under=0
	$(IN_VENV) coverage report --sort=cover --fail-under=0 | sed -n 1,25p
	$(IN_VENV) coverage report --format=total

bench: development
	$(IN_VENV) scripts.bench

golden: development
	$(IN_VENV) scripts.golden

screenshots: development
	$(IN_VENV) scripts.screenshots

messages: development
	$(IN_VENV) scripts.messages

fix: development
	$(IN_VENV) ruff check --fix-only --quiet .
	$(IN_VENV) ruff format --quiet .
	find templates -name '*.html' -exec $(VENV)/bin/djade --target-version 5.2 {} + || true

release: development
	$(IN_VENV) scripts.release dist

sbom: runtime
	$(IN_VENV) scripts.sbom

advisories: auditing
	"$(RELEASE)/bin/pip-audit" --strict --no-deps --disable-pip -r requirements.txt -r requirements-dev.txt

runtime: python
	$(PYTHON) scripts/prepare.py "$(VENV)" requirements.txt
	$(IN_VENV) scripts.names

development: python
	$(PYTHON) scripts/prepare.py "$(VENV)" requirements.txt requirements-dev.txt
	$(IN_VENV) scripts.names

readers: python
	$(PYTHON) scripts/prepare.py "$(READERS)" requirements-readers.txt

auditing: python
	$(PYTHON) scripts/prepare.py "$(RELEASE)" requirements-release.txt

python:
	test -n "$(PYTHON)" && $(PYTHON) -c '$(SUPPORTED)' 2>/dev/null || { \
		echo "Python 3.11, 3.12 or 3.13 is needed and was not found$(if $(PYTHON), as $(PYTHON)). On Debian: apt-get install python3 python3-venv; elsewhere say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }

PIN := uv pip compile --universal --python-version 3.11 --fork-strategy fewest --no-header --no-annotate --quiet --upgrade
requirements:
	$(PIN) requirements.in -o requirements.txt
	$(PIN) requirements-dev.in -o requirements-dev.txt
	$(PIN) requirements-readers.in -o requirements-readers.txt
	$(PIN) requirements-release.in -o requirements-release.txt

clean:
	rm -rf "$(VENV)" "$(READERS)" "$(RELEASE)" staticfiles dist sbom.cdx.json .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f locale/*/LC_MESSAGES/*.mo cases/scanner/listed_names.txt
