#!/bin/sh
# Create Temporal's tables, or bring them to the version of this image. Safe to repeat.
set -eu

for database in temporal temporal_visibility; do
  schema=temporal
  [ "$database" = temporal ] || schema=visibility
  tool() {
    temporal-sql-tool --plugin postgres12 --ep postgres -p 5432 -u temporal --db "$database" "$@"
  }
  # Version 0.0 only makes the version tables; on an existing database it changes nothing.
  tool setup-schema -v 0.0
  tool update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
