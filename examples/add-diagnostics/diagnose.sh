#!/bin/sh
# Looks at the host that the incident names. What this prints becomes the note. Started by `pdactions listen`.
#
# Anybody may have chosen the title of the incident and the details of its alerts: they are compared with the names in hosts.conf, and go nowhere else.
#
# Exit codes: 0 the host was looked at · 1 it cannot be reached · 2 wrong set-up · 3 refused, nothing was looked at
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

# A text as words with one blank around each, in lower case; the full stop of a sentence is no part of a name.
words_of() {
  printf '%s\n' "$1" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9._-' '\n' | sed -e 's/[._-]*$//' -e '/^$/d' | tr '\n' ' ' | sed 's/^/ /'
}

# The title without the names of the service, the button and the presser: these say nothing of a host.
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

# Host, component and source of the event behind the incident: each counts as a whole, and no name of anything else counts.
sources='|'
for source in "${PD_SOURCE_HOST:-}" "${PD_SOURCE_COMPONENT:-}" "${PD_SOURCE_ORIGIN:-}"; do
  case $(lower "$source") in
    '' | *'|'* | "$(lower "${PD_SERVICE_NAME:-}")" | "$(lower "${PD_ACTION_LABEL:-}")" | "$(lower "${PD_USER_NAME:-}")") ;;
    *) sources="$sources$(lower "$source")|" ;;
  esac
done

# First the title; only one that names no host leaves it to the event.
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
  '') stop 3 "Refused: the incident's title names no host of the list. Known are$known. Nothing was looked at." ;;
  ' '*' '*) stop 3 "Refused: the incident names several hosts:$named. Nothing was looked at." ;;
esac
echo "Host: $name"
case ${PD_SOURCE_REGION:-} in '' | *[!A-Za-z0-9-]*) ;; *) echo "Region: $PD_SOURCE_REGION" ;; esac
if [ -z "$health" ] || [ -n "$rest" ]; then stop 2 "The line of $name in $hosts does not have four columns."; fi

if [ "$target" = local ]; then
  exec sh "$here/probes.sh" "$log" "$health" "$seconds"
fi

# ssh hands its arguments to a shell, so nothing that a shell would see as more than text may be in them.
case $log$health$seconds in *[!A-Za-z0-9._~:/?=%+,@-]*) stop 2 "A column of $name in $hosts has characters that ssh could misread." ;; esac
case $target in -*) stop 2 "$target is no destination for ssh." ;; esac
ssh -o BatchMode=yes -o ConnectTimeout=5 -o ServerAliveInterval=5 "$target" \
  "sh -s -- '$log' '$health' '$seconds'" <"$here/probes.sh" ||
  stop 1 "$name cannot be looked at: ssh to $target ended with exit code $?."
