# Each target is one line that calls pip or zhibiao. `make help` lists them.
PYTHON ?= $(firstword $(foreach v,3.13 3.12 3.11,$(shell command -v python$(v) >/dev/null 2>&1 && python$(v) -c 'import sys' >/dev/null 2>&1 && echo python$(v))) python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup report lab dashboard batch notebooks test test-browser test-office test-readers soak bench bench-peers bench-batch check accept lock clean

help: ## 列出全部目标 list every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready ## 建 .venv 并按锁定版本安装 make .venv and install the locked versions

.venv/ready: requirements.txt pyproject.toml tests/setup_check.py
	@$(PYTHON) tests/setup_check.py
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch .venv/ready

report: setup ## 出月报：重庆与全国的 PDF、图、表 make the monthly PDFs, figures and tables
	@$(BIN)/zhibiao batch notebooks/batches/monthly.yaml

lab: setup ## 打开 JupyterLab（notebooks/00_start） open JupyterLab
	@$(BIN)/zhibiao lab notebooks/00_start.ipynb

dashboard: setup ## 打开看板，不用写代码（加 DATA=目录） the dashboard for people without code; DATA=FOLDER for your figures
	@$(BIN)/zhibiao dashboard $(if $(DATA),--data $(DATA))

batch: setup ## 跑一个批次：make batch BATCH=我的.yaml run a batch file
	@$(BIN)/zhibiao batch $(or $(BATCH),notebooks/batches/monthly.yaml)

notebooks: setup ## 重新执行入库的笔记本 execute the committed notebooks anew
	@$(BIN)/zhibiao notebooks

test: setup ## 全部测试，含 nbval 比对 all tests, nbval included
	@ZHIBIAO_DATA= $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not soak and not office" tests notebooks --nbval --nbval-current-env --nbval-cell-timeout=120

test-browser: setup .venv-browser/ready ## 在真实浏览器里试看板（需要 chromium） the dashboard in a real browser (needs chromium)
	@.venv-browser/bin/python -m pytest -q -c tests/browser/pytest.ini tests/browser

test-readers: setup .venv-readers/ready ## 交出的数据由别家读回（pysdmx、pyam） other projects' readers read what is handed over
	@rm -rf .venv-readers/handed && $(BIN)/zhibiao export --format sdmx-csv --out .venv-readers/handed/sdmx && $(BIN)/zhibiao export --format iamc --out .venv-readers/handed/iamc && .venv-readers/bin/python tests/readers/read_back.py .venv-readers/handed/sdmx .venv-readers/handed/iamc

.venv-readers/ready: tests/readers/requirements.txt
	@$(PYTHON) -m venv --clear .venv-readers
	@.venv-readers/bin/python -m pip install --quiet --no-deps --require-hashes -r tests/readers/requirements.txt
	@touch .venv-readers/ready

test-office: setup ## 在 LibreOffice 里打开、重算、读回（需要 soffice） open, recalculate and read back in LibreOffice (needs soffice)
	@$(BIN)/python -m pytest -q -m office tests/office

.venv-browser/ready: tests/browser/requirements.txt
	@$(PYTHON) -m venv --clear .venv-browser
	@.venv-browser/bin/python -m pip install --quiet --require-hashes -r tests/browser/requirements.txt
	@touch .venv-browser/ready

soak: setup ## 反复注入故障的长测试 repeated faults and long runs
	@$(BIN)/python -m pytest -q -m soak tests

bench: setup ## 测量（不设时限） measurements, no limits
	@$(BIN)/python tests/bench/coverage.py && $(BIN)/python tests/bench/projection.py && $(BIN)/python tests/bench/extraction.py && $(BIN)/python tests/bench/cohort_hindcast.py && $(BIN)/python tests/bench/explorer.py

bench-peers: setup .venv-bench/ready ## 与同类软件同场比较（慢的加 PEERS=--all） projections and cohorts beside peers; PEERS=--all for the slow ones
	@$(BIN)/python tests/bench/cohort.py --peer .venv-bench/bin/python && $(BIN)/python tests/bench/projection.py --peers .venv-bench/bin/python $(PEERS)

.venv-bench/ready: tests/bench/requirements.txt
	@$(PYTHON) -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --no-deps --require-hashes -r tests/bench/requirements.txt
	@touch .venv-bench/ready

bench-batch: setup .venv-batch/ready ## 批次与别的跑法同场比较（ARGS=--write 写入 docs/performance.md） batches beside other ways to run them
	@$(BIN)/python tests/bench/bench_batch.py --peers .venv-batch/bin/python $(ARGS)

.venv-batch/ready: requirements.txt tests/bench/batch-requirements.txt pyproject.toml
	@$(PYTHON) -m venv --clear .venv-batch
	@.venv-batch/bin/python -m pip install --quiet --require-hashes -r requirements.txt -r tests/bench/batch-requirements.txt
	@.venv-batch/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch .venv-batch/ready

check: setup ## 格式、类型、分层、登记库 lint, types, layers, registry
	@$(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/zhibiao doctor

accept: setup ## 重新执行入库的笔记本并列出变了的格 execute them anew and print the changed cells
	@$(BIN)/zhibiao notebooks --review

lock: ## 重做 requirements.txt（需要 uv） make requirements.txt anew (needs uv)
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --extra dev --extra build pyproject.toml -o requirements.txt
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 tests/bench/requirements.in -o tests/bench/requirements.txt
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 tests/bench/batch-requirements.in -o tests/bench/batch-requirements.txt
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 tests/browser/requirements.in -o tests/browser/requirements.txt
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 tests/readers/requirements.in -o tests/readers/requirements.txt

clean: ## 删除输出与缓存 remove outputs and caches
	@rm -rf outputs/* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache && git checkout -q -- outputs/README.md
