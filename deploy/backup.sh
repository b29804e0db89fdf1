#!/usr/bin/env bash
# Back up both databases while they run: backup.sh TARGET
#
# PostgreSQL when OPSTAP_BACKUP_POSTGRES names the databases, Temporal's first ("temporal
# temporal_visibility opstap"), reached by the PG* variables; otherwise the two SQLite files under
# OPSTAP_STATE_DIR (var). OPSTAP_BACKUP_KEEP_DAYS (30) is how long older backups stay.
#
# Temporal goes first, our own database last. After a restore our log may then know more than
# Temporal does, which the worker recognises and sets apart; the other way round, rows would lack.
set -euo pipefail
umask 077

target=${1:?usage: backup.sh TARGET}
state=${OPSTAP_STATE_DIR:-var}
keep_days=${OPSTAP_BACKUP_KEEP_DAYS:-30}
name=opstap-$(date --utc +%Y%m%dT%H%M%SZ)
half=$target/.$name.part

# A half backup must never look like a whole one: it gets its name when everything is checked.
trap 'rm -rf "$half"' EXIT
mkdir -p "$half"

sqlite_backup() { # sqlite_backup SOURCE COPY: SQLite's own online copy, then a check of the copy
  [[ -f $1 ]] || { echo "no database at $1" >&2; exit 1; }
  python3 - "$1" "$2" <<'PYTHON'
import pathlib
import sqlite3
import sys

uri = pathlib.Path(sys.argv[1]).resolve().as_uri() + "?mode=ro"
source = sqlite3.connect(uri, uri=True)
copy = sqlite3.connect(sys.argv[2])
source.backup(copy)
copy.execute("PRAGMA journal_mode=DELETE")
(verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
copy.close()
sys.exit(None if verdict == "ok" else f"{sys.argv[1]}: {verdict}")
PYTHON
}

if [[ -n ${OPSTAP_BACKUP_POSTGRES:-} ]]; then
  for database in $OPSTAP_BACKUP_POSTGRES; do
    pg_dump --format=custom --file="$half/$database.dump" "$database"
    pg_restore --list "$half/$database.dump" >/dev/null # it can be read back
  done
else
  sqlite_backup "$state/temporal.db" "$half/temporal.db"
  sqlite_backup "$state/opstap.db" "$half/opstap.db"
fi

(cd "$half" && sha256sum -- * >SHA256SUMS)
sync "$half"
mv "$half" "$target/$name"
find "$target" -mindepth 1 -maxdepth 1 -type d -name 'opstap-*' -mtime "+$keep_days" \
  -exec rm -rf {} +
echo "$target/$name"
