#!/bin/sh
# Dumps the database of PGHOST, PGDATABASE, … into a folder every day, and keeps the last seven: sh backup.sh FOLDER
set -eu
folder=$1
kept=7
minutes=1440

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

# Dumps that are less than a day old. A restart must not add one: seven restarts would remove the dumps of a week.
recent() {
  find "$folder" -name 'aerie-*.dump' -mmin "-$minutes" | sort | tail -n 1
}

while true; do
  last=$(recent)
  [ -z "$last" ] || echo "The next backup is due a day after $last"
  while [ -n "$(recent)" ]; do pause 60; done
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
  fi
done
