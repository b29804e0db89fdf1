#!/bin/sh
# The namespace with ten years of retention, and the search attributes. Safe to repeat.
set -eu

export TEMPORAL_NAMESPACE=opstap
retention=3650d # closed histories vanish after it; the default of three days would empty the audit

attempts=30
until temporal operator namespace list >/dev/null 2>&1; do
  attempts=$((attempts - 1))
  [ "$attempts" -gt 0 ] || { echo "the Temporal server does not answer" >&2; exit 1; }
  sleep 2
done
temporal operator namespace describe >/dev/null 2>&1 ||
  temporal operator namespace create --retention "$retention"
temporal operator namespace update --retention "$retention"

for attribute in OpstapStage=Keyword OpstapPartner=Keyword OpstapNextDeadline=Datetime; do
  temporal operator search-attribute create --name "${attribute%=*}" --type "${attribute#*=}"
done
