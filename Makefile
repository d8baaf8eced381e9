# Two commands for people: `make run` and `make test`. Both set up what they need first.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: run test check format clean

run: $(VENV)/run.stamp  ## set up and open the workshop at http://localhost:8501
	$(BIN)/python -m streamlit run app.py

test: $(VENV)/test.stamp check  ## set up and prove everything, the browser tests included
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/test.stamp  ## style and types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m tests.check_scripts

format: $(VENV)/test.stamp  ## put every file into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove what can be made again; data/ and models/ stay
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache static/plotly.min.js

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "FER Lab needs Python 3.11 or newer; this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/test.stamp: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/run.stamp
