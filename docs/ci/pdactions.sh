#!/bin/sh
# For any other CI system, or cron: one script, one word for each job.
#
#   pdactions.sh check    is the config right? Needs no token
#   pdactions.sh plan     what would be done: saved in plan.json, and as Markdown in plan.md
#   pdactions.sh apply    does what plan.json says, or refuses because something has moved since
#   pdactions.sh drift    ends with 2 when PagerDuty differs from the config; drift.md says how, slots.html who holds which slot
#
# PAGERDUTY_TOKEN is read from the environment; a read-only API key is enough for all but `apply`. Whatever the config takes from the
# environment has to be set; only `apply` needs the real values. The exit codes are those of pdactions.
set -eu

# How pdactions is installed. The npm name must be the one of the publisher that you trust.
PDACTIONS_PACKAGE=pdactions@0.1.0

# The only variables that the config may use, as with `--allow-env`: not every one that a job happens to have.
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
    # PagerDuty has no locks: never two at once. The lock goes when this process does, however it ends.
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
