#!/bin/sh
# Looks at the host that the incident names. What this prints becomes the note. Started by `pdactions listen`.
#
# Anybody may have chosen the title of the incident: it is compared with the names in hosts.conf, and goes nowhere else.
#
# Exit codes: 0 the host was looked at · 1 it cannot be reached · 2 wrong set-up
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

# The words of the title, one on each line; the full stop of a sentence is no part of a name.
words=$(printf '%s\n' "${PD_INCIDENT_TITLE:-}" | tr -cs 'A-Za-z0-9._-' '\n' | sed 's/[._-]*$//')

name='' rest=''
while read -r known target log health rest || [ -n "$known" ]; do
  case $known in '' | '#'*) continue ;; esac
  if printf '%s\n' "$words" | grep -qixF -e "$known"; then
    name=$known
    break
  fi
done <"$hosts"

if [ -z "$name" ]; then
  echo "The incident names no host of the list, so this is the machine of the receiver, $(uname -n)."
  target=local log=- health=- rest=''
else
  echo "Host: $name"
fi
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
