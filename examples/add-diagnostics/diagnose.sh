#!/bin/sh
# Checks the host that the incident names. The output becomes the note. Started by `pdactions listen`.
#
# Anyone can choose the title of the incident and the details of its alerts. This only compares them with the names in hosts.conf.
#
# Exit codes: 0 the host was checked · 1 it cannot be reached · 2 wrong set-up · 3 refused, nothing was checked
set -u
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
hosts=${DIAGNOSTICS_HOSTS:-$here/hosts.conf}
seconds=${DIAGNOSTICS_SECONDS:-5}

stop() {
  code=$1
  shift
  printf '%s\n' "$*"
  exit "$code"
}

[ -r "$hosts" ] || stop 2 "The list of hosts $hosts cannot be read."

# Prints a text as lowercase words, each between single spaces, and without a period at the end of a word.
words_of() {
  printf '%s\n' "$1" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9._-' '\n' | sed -e 's/[._-]*$//' -e '/^$/d' | tr '\n' ' ' | sed 's/^/ /'
}

# The title without the names of the service, the button and the presser, which could look like a host.
words=$(words_of "${PD_INCIDENT_TITLE:-}")
for phrase in "${PD_SERVICE_NAME:-}" "${PD_ACTION_LABEL:-}" "${PD_USER_NAME:-}"; do
  words=$(WORDS="$words " PHRASE="$(words_of "$phrase") " awk 'BEGIN {
    words = ENVIRON["WORDS"]; gsub(/ +/, " ", words); phrase = ENVIRON["PHRASE"]; gsub(/ +/, " ", phrase)
    while (length(phrase) > 1 && (at = index(words, phrase)))
      words = substr(words, 1, at) "| " substr(words, at + length(phrase))
    print words
  }')
done

lower() {
  printf '%s' "$1" | tr '[:upper:]' '[:lower:]'
}

# Host, component and source of the event behind the incident. Each must match a host name as a whole.
sources='|'
for source in "${PD_SOURCE_HOST:-}" "${PD_SOURCE_COMPONENT:-}" "${PD_SOURCE_ORIGIN:-}"; do
  case $(lower "$source") in
    '' | *'|'* | "$(lower "${PD_SERVICE_NAME:-}")" | "$(lower "${PD_ACTION_LABEL:-}")" | "$(lower "${PD_USER_NAME:-}")") ;;
    *) sources="$sources$(lower "$source")|" ;;
  esac
done

# The title decides. If it names no host, the event decides.
find_host() {
  name='' named='' known='' rest=''
  while read -r host to file url more || [ -n "$host" ]; do
    case $host in '' | '#'*) continue ;; esac
    known="$known $host"
    case $1 in *"$2$(lower "$host")$2"*) ;; *) continue ;; esac
    named="$named $host" name=$host target=$to log=$file health=$url rest=$more
  done <"$hosts"
}
find_host " $words " ' '
[ -n "$named" ] || find_host "$sources" '|'

case $named in
  '') stop 3 "Refused: the incident's title names no host in the list. Known hosts:$known. Nothing was checked." ;;
  ' '*' '*) stop 3 "Refused: the incident names several hosts:$named. Nothing was checked." ;;
esac
echo "Host: $name"
case ${PD_SOURCE_REGION:-} in '' | *[!A-Za-z0-9-]*) ;; *) echo "Region: $PD_SOURCE_REGION" ;; esac
if [ -z "$health" ] || [ -n "$rest" ]; then stop 2 "The line of $name in $hosts does not have four columns."; fi

if [ "$target" = local ]; then
  exec sh "$here/probes.sh" "$log" "$health" "$seconds"
fi

# ssh passes its arguments to a shell, so allow only characters that a shell does not interpret.
case $log$health$seconds in *[!A-Za-z0-9._~:/?=%+,@-]*) stop 2 "A column of $name in $hosts has characters that ssh could misread." ;; esac
case $target in -*) stop 2 "$target is not a valid ssh destination." ;; esac
ssh -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=5 "$target" \
  "sh -s -- '$log' '$health' '$seconds'" <"$here/probes.sh" ||
  stop 1 "Cannot check $name: ssh to $target failed with exit code $?."
