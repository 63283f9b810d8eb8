#!/usr/bin/env bash
# Write the hashed lock files of both environments from their .in files.
# torch is left out of the hashed file: its CPU build differs from machine to machine (see README, "PyTorch").
set -euo pipefail
cd "$(dirname "$0")/.."
UV_FIND_LINKS=${UV_FIND_LINKS:-$(python3 -m pip config get global.find-links 2>/dev/null || true)}
export UV_FIND_LINKS
common=(--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet)
uv pip compile --python-version 3.11 --no-emit-package torch "${common[@]}" requirements/main.in -o requirements/main.txt
uv pip compile --python-version 3.11 --no-emit-package torch "${common[@]}" requirements/dev.in -o requirements/dev.txt
if grep -qE '^nvidia-|^triton' requirements/main.txt; then
  echo "lock: torch was resolved to its CUDA build; make a CPU wheel of torch 2.13.0 known through UV_FIND_LINKS" >&2
  exit 1
fi
uv pip compile --python-version 3.10 "${common[@]}" bot/assistant/requirements.in -o bot/assistant/requirements.txt
