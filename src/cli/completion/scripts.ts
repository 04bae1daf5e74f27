/** What a shell has to load. Each script asks the program itself what can stand at the cursor, one candidate a line. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** bash splits words at `=` and `:`, which stand inside options and selectors here: they are put together, and cut off again. */
const BASH = `# bash completion for pdactions
_pdactions() {
  local words=() word candidate cut=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( "$word" == [=:] || "\${words[-1]}" == *[=:] ) ]]; then
      words[-1]+="$word"
    else
      words+=("$word")
    fi
  done
  [[ "\${words[-1]}" == *[=:]* ]] && cut="\${words[-1]%[=:]*}" && cut+="\${words[-1]:\${#cut}:1}"
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate="\${candidate%%$'\\t'*}"
    COMPREPLY+=("$(printf '%q' "\${candidate#"$cut"}")")
  done < <(pdactions __complete -- "\${words[@]}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then
    compopt -o default 2>/dev/null
  fi
}
complete -F _pdactions pdactions
`;

const ZSH = `#compdef pdactions
# zsh completion for pdactions
_pdactions() {
  local line
  local -a described
  for line in "\${(@f)$(pdactions __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( \${#described} )); then
    _describe -V pdactions described
  else
    _files
  fi
}
if [ "$funcstack[1]" = "_pdactions" ]; then
  _pdactions "$@"
else
  compdef _pdactions pdactions
fi
`;

const FISH = `# fish completion for pdactions
function __pdactions_complete
    set -l words (commandline -opc) (commandline -ct)
    pdactions __complete -- $words[2..-1] 2>/dev/null
end
complete -c pdactions -f -a '(__pdactions_complete)'
complete -c pdactions -n '__fish_seen_argument -l config -l out -l plan -l token-file' -F
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
