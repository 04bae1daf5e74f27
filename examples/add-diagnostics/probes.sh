#!/bin/sh
# Read-only probes of one host, each with a time limit. Runs on that host, locally or through ssh.
#
#     probes.sh LOGFILE HEALTH_URL SECONDS      "-" skips a probe
#
# A note keeps the last 40 lines and 3,000 characters of the output, so all probes together stay below that.
set -u
LC_ALL=C
export LC_ALL
log=$1 health=$2 seconds=$3
width=130

limited() {
  if command -v timeout >/dev/null; then timeout -k 1 "$seconds" "$@"; else "$@"; fi
}

# Masks common forms of secrets, and can miss others. Keep secrets out of logs in the first place.
mask() {
  sed -E \
    -e 's#://[^/@[:space:]]+@#://***@#g' \
    -e 's#(authorization|cookie)([\\"]*[[:space:]]*[=:]).*#\1\2 ***#I' \
    -e 's#(password|passwd|pwd|secret|token|api[_-]?key)([\\"]*[[:space:]]*[=:][[:space:]]*)(\\*"[^"]*"|[^[:space:]&,;]+)#\1\2***#gI' \
    -e 's#(bearer|basic) +[A-Za-z0-9._~+/=-]{8,}#\1 ***#gI' \
    -e 's#eyJ[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]*#***#g' \
    -e 's#AKIA[A-Z0-9]{16}#***#g'
}

# probe LINES TITLE COMMAND…: reports a failure or a timeout, so that the next probe can run.
probe() {
  lines=$1 title=$2
  shift 2
  found=$({
    limited "$@" 2>&1
    echo "exit $?"
  } | tail -c 8192)
  case ${found##*exit } in
    0) remark= ;;
    124 | 137) remark="(no answer within $seconds s)" ;;
    *) remark="(failed with exit code ${found##*exit })" ;;
  esac
  echo "-- $title"
  printf '%s\n%s\n' "${found%exit *}" "$remark" | mask | sed '/^$/d' | tail -n "$lines" | cut -c "1-$width"
}

command -v timeout >/dev/null || echo "(this host has no timeout command, so the probes have no time limit)"
probe 1 load uptime
# shellcheck disable=SC2016 # the fields are awk's
probe 3 memory awk '/^(MemTotal|MemAvailable|SwapFree)/ { printf "%s %.1f GB\n", $1, $2 / 1048576 }' /proc/meminfo
probe 4 'fullest file systems' sh -c 'df -Phl | tail -n +2 | sort -rn -k5 | head -n 4'
# Names only: arguments of programs can contain secrets.
probe 3 'busiest processes (CPU %, memory %)' sh -c 'ps -eo pcpu=,pmem=,comm= | sort -rn | head -n 3'
if [ "$log" != - ]; then probe 10 "end of $log" tail -n 10 "$log"; fi
if [ "$health" != - ]; then
  probe 2 "$health" curl -sS -o /dev/null -w 'HTTP %{http_code} in %{time_total} s\n' --proto '=http,https' --max-time 10 "$health"
fi
