#!/bin/sh
# Reverts the newest commit on the branch of the service and pushes the revert, if that is safe. Started by `pdactions listen`.
#
# Works in a temporary worktree, so the checkout in the clone does not change. Never pushes by force.
# The commit records the press, so the remote shows which presses were handled, even if everything here is lost.
#
# Exit codes: 0 reverted, or this press was handled before · 1 git or the remote failed · 2 wrong set-up · 3 refused, nothing was changed
set -u
export GIT_TERMINAL_PROMPT=0 GIT_SSH_COMMAND='ssh -o BatchMode=yes -o ConnectTimeout=10'
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
services=${REVERT_SERVICES:-$here/services.gitconfig}
press=${PD_MESSAGE_ID:-}
# The id, because another service can get the same name.
service=${PD_SERVICE_ID:-}

stop() {
  code=$1
  shift
  printf '%s\n' "$@"
  exit "$code"
}
refuse() { stop 3 "Refused: $1" "Nothing was changed."; }
setting() { git config --file "$services" "$2" --get "service.$service.$1"; }
# Runs git without hooks, which are for people who work in the clone.
repo() { git -C "$clone" -c core.hooksPath=/dev/null "$@"; }
name_of() { repo log -1 --format='%h "%s" by %an, %cr' "$1"; }
# Removes line breaks and control characters from text for the commit message.
line() { printf '%s' "$1" | tr -s '[:cntrl:]' ' '; }

# Prints the commit that an earlier run made for this press.
earlier() {
  repo log -n 500 --format='%H %(trailers:key=Pdactions-Press,valueonly,separator=%x20)' "$tip" |
    PRESS=$press awk '$2 "" == ENVIRON["PRESS"] "" { print $1; exit }'
}

fetch() {
  repo fetch --quiet --no-tags origin "+refs/heads/$branch:refs/remotes/origin/$branch" || return
  tip=$(repo rev-parse "refs/remotes/origin/$branch")
}

stop_if_done() {
  found=$(earlier)
  [ -z "$found" ] || stop 0 "This press was handled before, by $(name_of "$found"). Nothing more was done."
}

[ -n "$press" ] || stop 2 "PD_MESSAGE_ID is not set. Run this script with pdactions listen."
[ -r "$services" ] || stop 2 "The list of services $services cannot be read."
clone=$(setting clone --type=path) || refuse "the service $(line "$service (${PD_SERVICE_NAME:-no name})") is not in $services."
branch=$(setting branch --no-type) || branch=main
[ -d "$clone" ] || stop 2 "There is no clone at $clone."

fetch || stop 1 "$branch cannot be fetched from the remote. Nothing was changed."
stop_if_done

# Find the commit, and refuse if the presser may have meant another one.
if path=$(setting path --no-type); then
  bad=$(repo rev-list -n 1 --first-parent "$tip" -- "$path")
  [ -n "$bad" ] || refuse "no commit on $branch touches $path."
else
  bad=$tip
fi
if repo log -1 --format=%B "$bad" | grep -qE '^(This reverts commit |Reverts |Pdactions-Press: )'; then
  refuse "the newest commit is already a revert: $(name_of "$bad").
To go further back, revert the right commit by hand."
fi
case ${PD_PRESSED_AT:-} in
  [0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*)
    [ -z "$(repo rev-list -n 1 --no-walk --since="$PD_PRESSED_AT" "$bad")" ] ||
      refuse "the newest commit is newer than the press: $(name_of "$bad"). Press again if it is the bad one."
    ;;
  *) refuse 'the message does not say when the button was pressed.' ;;
esac
case $(repo rev-list --parents -n 1 "$bad" | wc -w | tr -d ' ') in
  1) refuse "the first commit cannot be reverted: $(name_of "$bad")." ;;
  2) mainline= ;;
  # Reverts a merge as a whole. To merge that branch again later, revert the revert first.
  *) mainline='--mainline 1' ;;
esac

work=$(mktemp -d) || stop 1 'Cannot create a temporary folder. Nothing was changed.'
trap 'repo worktree remove --force "$work/tree" 2>/dev/null; rm -rf "$work"; repo worktree prune' EXIT
trap 'exit 1' HUP INT TERM
tree() {
  git -C "$work/tree" -c core.hooksPath=/dev/null -c user.name=pdactions -c user.email=pdactions@localhost "$@"
}
repo worktree add --quiet --detach "$work/tree" "$tip" || stop 1 'Cannot create a worktree. Nothing was changed.'

# shellcheck disable=SC2086 # one option and its value, or nothing
tree revert --no-commit $mainline "$bad" >"$work/said" 2>&1 || {
  refuse "reverting $(name_of "$bad") conflicts with later commits in:
$(tree diff --name-only --diff-filter=U | head -n 10)"
}
tree diff --cached --quiet && refuse "$(name_of "$bad") changes nothing, so there is nothing to revert."
tree commit --quiet --file=- <<END || stop 1 'Cannot commit the revert. Nothing was changed.'
Revert "$(repo log -1 --format=%s "$bad")"

This reverts commit $bad.

Pressed by $(line "${PD_USER_NAME:-an unknown user}") on incident $(line "${PD_INCIDENT_NUMBER:-}") $(line "${PD_INCIDENT_URL:-}")

Pdactions-Press: $press
END

if ! tree push --quiet origin "HEAD:refs/heads/$branch"; then
  # The push may have arrived without its answer, or another receiver may have been faster.
  fetch || stop 1 "The remote cannot be reached, so it is unknown whether the revert was pushed. Check $branch."
  stop_if_done
  stop 1 "The revert was not pushed, and the remote is unchanged. If $branch has new commits, check those first."
fi
echo "Reverted $(name_of "$bad")."
echo "Pushed to $branch as $(tree rev-parse --short HEAD); deploying it is up to your pipeline."
