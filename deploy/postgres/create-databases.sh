#!/usr/bin/env bash
# Runs once, in an empty PostgreSQL: two accounts that each own their databases and nothing else.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
  --set temporal="$TEMPORAL_DB_PASSWORD" --set opstap="$OPSTAP_DB_PASSWORD" <<'SQL'
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE ROLE opstap LOGIN PASSWORD :'opstap';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
CREATE DATABASE opstap OWNER opstap;
REVOKE CONNECT ON DATABASE temporal, temporal_visibility, opstap FROM PUBLIC;
SQL
