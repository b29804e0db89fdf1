#!/usr/bin/env bash
# Which histories would the version in this folder break? gate.sh FOLDER; 0 when none, 1 otherwise.
# The settings of the worker are read, so that its open histories are tried too.
set -euo pipefail
folder=${1:?usage: gate.sh FOLDER}
settings=${OPSTAP_WORKER_ENV:-/etc/opstap/worker.env}

if [[ -r $settings ]]; then
  set -a
  # shellcheck source=/dev/null
  . "$settings"
  set +a
fi
exec "$folder/.venv/bin/opstap" audit replay --gate --histories "$folder/tests/histories"
