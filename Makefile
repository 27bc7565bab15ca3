# `make run`: try the application. `make test`: all tests. `make`: what else there is.
#
# Everything may be repeated, and nothing here deletes data. What is installed goes into .venv, nowhere else.

SHELL := /bin/sh
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench audit clean venv env-run env-dev

VENV ?= .venv
PORT ?= 8000
ARGS ?=

PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input install --quiet --requirement

# Tests and checks must not depend on the .env of whoever runs them.
FOR_TESTS := DEBUG=on DEMO=off HTTPS_ONLY=off SECRET_KEY=only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789

help:
	@echo "make run    chạy thử với dữ liệu mẫu trên http://127.0.0.1:8000 (PORT=… để đổi cổng)"
	@echo "make setup  chỉ tạo môi trường $(VENV) cho run và test"
	@echo "make test   chạy toàn bộ kiểm thử; DATABASE_URL=… chọn cơ sở dữ liệu, ARGS=… thêm tham số cho pytest"
	@echo "make lint   ruff, mypy, djlint; make format: ruff tự sửa"
	@echo "make bench  đo thời gian trên dữ liệu lớn"
	@echo "make audit  tra lỗ hổng đã biết của các gói đang dùng (cần internet)"
	@echo "make clean  xóa những gì tạo lại được; không bao giờ xóa dữ liệu"

setup: env-dev

run: env-run
# A first run leaves a .env with a key of its own, so that manage.py works by hand as well.
# An installation that has its .env already, or sets variables, keeps what it says.
	@test -e .env || ( umask 077 && $(PY) -c 'import secrets; print("# Tạo bởi make run để chạy thử trên máy này; xem .env.example.\nDEMO=on\nHTTPS_ONLY=off\nALLOWED_HOSTS=127.0.0.1,localhost\nSECRET_KEY=" + secrets.token_urlsafe(64))' > .env )
# Served as in production, so that a trial shows what users will see: no page for developers, no traceback.
# While developing: DEBUG=on manage.py runserver.
	@$(PY) manage.py migrate --verbosity 0 && \
	$(PY) manage.py collectstatic --noinput --verbosity 0 && \
	$(PY) manage.py load_demo --if-demo && \
	echo "Công vụ: http://127.0.0.1:$(PORT)/ (dừng: Ctrl+C)" && \
	exec $(PY) -m gunicorn congvu.wsgi --bind 127.0.0.1:$(PORT) --workers 3 --timeout 60 --log-level warning

# Not --dist worksteal: tests that empty all tables come last on each process, stolen tests after them.
test: env-dev
	@$(FOR_TESTS) $(PY) -m pytest --quiet --numprocesses auto --maxprocesses 8 --dist worksteal $(ARGS)

lint: env-dev
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet .
	@$(FOR_TESTS) $(PY) -m mypy --no-error-summary
	@$(PY) -m djlint --lint --quiet templates

format: env-dev
	@$(PY) -m ruff check --quiet --fix .
	@$(PY) -m ruff format --quiet .

# Each on an SQLite file of its own that is thrown away, whatever DATABASE_URL says: the scripts fill the
# database they are given. On PostgreSQL: DATABASE_URL=… .venv/bin/python bench/summary.py, on an empty one.
bench: env-run
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && trap 'exit 130' INT TERM && \
	for name in summary exports import_export evidence; do \
	  echo "== $$name" && $(FOR_TESTS) DATABASE_URL="sqlite:///$$dir/$$name.sqlite3" $(PY) bench/$$name.py || exit 1; \
	done

audit: env-dev
	@$(PY) -m pip_audit --disable-pip --no-deps --requirement requirements.txt

clean:
	@find . -path './$(VENV)' -prune -o -path ./media -prune -o -name __pycache__ -type d -exec rm -rf {} +
	@rm -rf .mypy_cache .pytest_cache .ruff_cache staticfiles tests/screenshots

# --- the environment ------------------------------------------------------------------------
# What was installed last is kept beside it and compared as text: times of files say nothing after a
# checkout or a move. That copy is taken away first, so that an installation cut short is done again.

env-run: venv
	@cmp -s requirements.txt $(VENV)/installed.txt || { \
	  echo "Đang cài các gói cần để chạy vào $(VENV) …"; \
	  rm -f $(VENV)/installed.txt $(VENV)/installed-dev.txt; \
	  $(PIP) requirements.txt && cp requirements.txt $(VENV)/installed.txt; }

env-dev: venv
	@cat requirements.txt requirements-dev.txt | cmp -s - $(VENV)/installed-dev.txt || { \
	  echo "Đang cài các gói cần để chạy và kiểm thử vào $(VENV) …"; \
	  rm -f $(VENV)/installed.txt $(VENV)/installed-dev.txt; \
	  $(PIP) requirements-dev.txt && cp requirements.txt $(VENV)/installed.txt && \
	  cat requirements.txt requirements-dev.txt > $(VENV)/installed-dev.txt; }

# Made anew when it is missing, was cut short, or its Python is gone or too old. Only a folder that is
# such an environment is ever removed. PYTHON=… names another interpreter.
venv:
	@$(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 none; do \
	    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	  done; \
	  if [ "$$name" = none ]; then \
	    echo "Cần Python 3.11 trở lên. Debian 12, Ubuntu 24.04 trở lên: apt-get install python3 python3-venv" >&2; exit 1; \
	  fi; \
	  if ! "$$name" -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "Python trên máy này thiếu venv. Hãy chạy: apt-get install python3-venv" >&2; exit 1; \
	  fi; \
	  if [ -e $(VENV)/pyvenv.cfg ]; then rm -rf $(VENV); fi; \
	  "$$name" -m venv $(VENV); }
