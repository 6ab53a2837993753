# Hearing and Seeing. `make help` lists the verbs.

PYTHON ?= python3
# Options for JupyterLab: make lab LAB="--no-browser --port 8899"
LAB ?=
# The torch device of the tests that follow it, and of the bench's second column: make test DEVICE=cuda
DEVICE ?= cpu
# Chapters by the beginning of their names, and whether to execute what did not change.
CHAPTERS ?=
FORCE ?=

FIRST_CHAPTER := workbook/1_signals/01_a_world_in_motion.ipynb
# nbgrader calls alembic by its name. Not exported: the install must find the user's Python, not ours.
IN_VENV := PATH="$(CURDIR)/.venv/bin:$$PATH"
# In a container one is often root, which JupyterLab refuses unless told.
AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)
# Only a Python that was named takes the place of the one that made .venv.
INSTALL = $(PYTHON) tools/install.py $(if $(filter file,$(origin PYTHON)),,--this-version)

.PHONY: help lab test check book notebooks workbook bench clean install-lab install-dev
.DEFAULT_GOAL := help

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):[^#]*## /make \1 - /p' Makefile | awk -F' - ' '{ printf "%-16s%s\n", $$1, $$2 }'

lab: workbook ## install, and open chapter 1 of your own copy in JupyterLab (LAB="--no-browser --port 8899")
	@$(IN_VENV) find workbook -name "*.ipynb" -not -path "*/.*" -exec jupyter trust {} + >/dev/null
	$(IN_VENV) jupyter lab $(AS_ROOT) --LabApp.default_url=/lab/tree/$(FIRST_CHAPTER) $(LAB)

test: install-dev ## prove that everything works: code, notebooks, site, browser (DEVICE=cuda: also on a GPU)
	@$(IN_VENV) DEVICE=$(DEVICE) python -m tools.verify test

check: install-dev ## lint, unit tests and the contract of the chapters, in under three minutes
	@$(IN_VENV) DEVICE=$(DEVICE) python -m tools.verify check

book: install-dev ## make the site in _build/html, any warning being an error
	$(IN_VENV) jupyter-book build . -W -n --keep-going --all

notebooks: install-dev ## make and execute the chapters that changed (CHAPTERS=01, FORCE=1)
	@$(IN_VENV) python -m tools.notebooks $(if $(FORCE),--force) $(CHAPTERS)

workbook: install-lab ## make or update your own copy of the chapters in workbook/
	@$(IN_VENV) avlab workbook

bench: install-dev ## measure ours against the field's own, and store the tables (DEVICE=cuda: also on a GPU)
	@$(IN_VENV) DEVICE=$(DEVICE) python -m tools.bench

clean: ## remove what can be made again; .venv and workbook/ stay
	rm -rf _build dist .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find avlab book tests tools -name __pycache__ -prune -exec rm -rf {} +

install-lab:
	@$(INSTALL) lab

install-dev:
	@$(INSTALL) dev
