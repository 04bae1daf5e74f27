#!/bin/sh
# The CI jobs as a script, for any other CI system or cron.
#
#   pdactions.sh check    check the config; needs no token
#   pdactions.sh plan     save the plan as plan.json, and as Markdown in plan.md
#   pdactions.sh apply    apply plan.json, or refuse if anything has changed since
#   pdactions.sh drift    exit with 2 if PagerDuty differs from the config; drift.md has the drift, slots.html the slots of every service
#
# Set PAGERDUTY_TOKEN; a read-only API key is enough for every job except `apply`. Also set the variables of the config; only `apply`
# needs their real values. The exit codes are those of pdactions.
set -eu

# The npm package to install. Use the name of a publisher that you trust.
PDACTIONS_PACKAGE=pdactions@0.1.0

# The only variables that the config can read, as with `--allow-env`. Other variables of the job stay out of reach.
export PDACTIONS_ALLOW_ENV=AUTOMATION_TOKEN

pdactions() {
  npx --yes "$PDACTIONS_PACKAGE" "$@"
}

case ${1:-} in
  check)
    pdactions validate --placeholders
    ;;
  plan)
    pdactions plan --out plan.json --summary plan.md
    ;;
  apply)
    # PagerDuty has no locks: run one apply at a time. The system releases this lock when the process ends, even after a crash.
    if command -v flock > /dev/null; then
      exec 9> "${TMPDIR:-/tmp}/pdactions-apply.$(id -u).lock"
      flock --nonblock 9 || { echo 'another apply is running' >&2; exit 9; }
    fi
    pdactions sync --yes --plan plan.json
    ;;
  drift)
    pdactions slots --html slots.html
    pdactions plan --exit-code --summary drift.md
    ;;
  *)
    echo "usage: $0 check|plan|apply|drift" >&2
    exit 3
    ;;
esac
