#!/usr/bin/env bash
# Check every deployment file that a machine can check: lint.sh BIN, the folder with the linters.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:?usage: lint.sh BIN}

"$bin/hadolint" deploy/Dockerfile
"$bin/yamllint" --strict -c deploy/yamllint.yaml deploy .pre-commit-config.yaml
"$bin/shellcheck" deploy/*.sh deploy/*/*.sh .ci/run

if command -v systemd-analyze >/dev/null; then
  units=$(mktemp -d)
  trap 'rm -rf "$units"' EXIT
  # The programs are not installed here: only their names stand in the way of a check.
  for unit in deploy/systemd/*; do
    sed -E 's#/opt/opstap/[^ ;]+#/bin/true#g' "$unit" >"$units/$(basename "$unit")"
  done
  # It warns about a key that it does not know and still exits 0: any word is a failure.
  said=$(systemd-analyze verify --man=no "$units"/* 2>&1) || true
  [[ -z $said ]] || { echo "$said" >&2; exit 1; }
else
  echo "systemd-analyze is not here: the units are not checked"
fi
echo "deployment files: in order"
