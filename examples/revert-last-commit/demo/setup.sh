#!/bin/sh
# Makes a remote and a clone for trying the recipe. The newest commit, one hour old, is the bad one.
#
#     setup.sh [FOLDER]
set -eu
folder=${1:-$HOME/.local/state/pdactions-examples/revert-last-commit}
if [ -e "$folder" ]; then
  echo "$folder already exists. Remove it to start over."
  exit 1
fi
mkdir -p "$folder"
git init --quiet --bare --initial-branch=main "$folder/remote.git"
git clone --quiet "$folder/remote.git" "$folder/clone" 2>/dev/null
cd "$folder/clone"
git checkout --quiet -B main

commit() {
  when=$(($(date +%s) - $1))
  git add --all
  GIT_AUTHOR_DATE="@$when +0000" GIT_COMMITTER_DATE="@$when +0000" \
    git -c user.name=Robin -c user.email=robin@shop.example commit --quiet --message "$2"
}
echo 'timeout = 30' >settings
commit 86400 'The shop'
echo 'timeout = 0' >settings
commit 3600 'Time out sooner'
git push --quiet origin main
git log --oneline
