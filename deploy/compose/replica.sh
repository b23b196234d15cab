#!/bin/sh
# Copies the primary once (PGPASSWORD is that of aerie there), then follows it. Arguments are those of postgres.
set -eu
primary=${PRIMARY:-host=postgres port=5432}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  copy=$PGDATA.unfinished
  rm -rf "$copy"
  pg_basebackup --pgdata="$copy" --dbname="$primary user=aerie" --write-recovery-conf --wal-method=stream
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  mv "$copy" "$PGDATA"
fi
exec postgres "$@"
