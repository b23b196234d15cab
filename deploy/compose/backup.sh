#!/bin/sh
# Dumps the database of PGHOST, PGDATABASE, … into a folder every day, and keeps the last seven: sh backup.sh FOLDER
set -eu
folder=$1
kept=7
seconds=86400

if [ -n "${PGPASSWORD_FILE:-}" ]; then
  PGPASSWORD=$(cat "$PGPASSWORD_FILE")
  export PGPASSWORD
fi
sleeping=
trap '[ -z "$sleeping" ] || kill "$sleeping" || true; exit 0' TERM INT
pause() {
  sleep "$1" &
  sleeping=$!
  wait "$sleeping"
}

# left by a container that was killed
rm -f "$folder"/aerie-*.unfinished

while true; do
  file=$folder/aerie-$(date -u +%Y%m%dT%H%M%SZ).dump
  if pg_dump --format=custom --file="$file.unfinished"; then
    mv "$file.unfinished" "$file"
    echo "Written: $file"
    # names sort by time
    find "$folder" -name 'aerie-*.dump' | sort | head -n "-$kept" | xargs -r rm --
  else
    rm -f "$file.unfinished"
    echo "No backup was written: the next attempt is in an hour" >&2
    pause 3600
    continue
  fi
  pause "$seconds"
done
