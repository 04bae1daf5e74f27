/** The scripts for shells to load. Each calls the program for the candidates at the cursor, one per line. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/**
 * bash splits words at `=` and `:`, which occur inside options and selectors here, so the script joins them, and splits the result again.
 * Words come with their quotes and backslashes, which the script removes; an open quote decides how the rest is quoted.
 */
const BASH = `# bash completion for pdactions
_pdactions_plain() {
  local raw="$1" char next at
  plain="" quote="" start=0
  for ((at = 0; at < \${#raw}; at++)); do
    char="\${raw:at:1}" next="\${raw:at+1:1}"
    if [[ $quote == "'" ]]; then
      if [[ $char == "'" ]]; then quote=""; else plain+="$char"; fi
    elif [[ $char == \\\\ ]]; then
      if [[ -n $quote && $next != [\\"\\$\\\`\\\\] ]]; then plain+="$char"; else plain+="$next"; ((at++)); fi
    elif [[ -n $quote && $char == "$quote" ]]; then
      quote=""
    elif [[ -z $quote && $char == [\\"\\'] ]]; then
      quote="$char" start=\${#plain}
    else
      plain+="$char"
      if [[ -z $quote && $char == [=:] ]]; then start=\${#plain}; fi
    fi
  done
}
_pdactions() {
  local words=() count=0 word candidate plain quote start
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $count -gt 0 && ( "$word" == [=:] || "\${words[count-1]}" == *[=:] ) ]]; then
      words[count-1]+="$word"
    else
      words[count++]="$word"
    fi
  done
  for ((count = 0; count < \${#words[@]}; count++)); do
    _pdactions_plain "\${words[count]}"
    words[count]="$plain"
  done
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate="\${candidate%%$'\\t'*}"
    candidate="\${candidate:start}"
    case $quote in
      '"') candidate="$(sed 's/["$\`\\\\]/\\\\&/g' <<<"$candidate")" ;;
      "'") candidate="\${candidate//\\'/\\'\\\\\\'\\'}" ;;
      *) candidate="$(printf '%q' "$candidate")" candidate="\${candidate//\\\\,/,}" ;;
    esac
    COMPREPLY+=("$candidate")
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
  for line in "\${(@f)$(pdactions __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    [[ -n "$line" ]] && described+=("\${\${\${line%%$'\\t'*}//\\\\/\\\\\\\\}//:/\\\\:}:\${line#*$'\\t'}")
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
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # A quote that is still open cannot be taken off as one.
    set current (string unescape -- "$current"; or string replace -ra '["\\']' '' -- "$current")
    pdactions __complete -- $words[2..-1] "$current" 2>/dev/null
end
complete -c pdactions -f -a '(__pdactions_complete)'
complete -c pdactions -n '__fish_seen_argument -l config -l out -l plan -l token-file' -F
`;

/**
 * PowerShell before 7.3 drops empty arguments and breaks those with quotes, so a variable passes the words, one per line. The contents of a
 * word come from its syntax tree. A completion with special characters is put in single quotes; PowerShell has five kinds of them.
 */
const POWERSHELL = `# PowerShell completion for pdactions
Register-ArgumentCompleter -Native -CommandName pdactions -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    $current = $wordToComplete -replace '^["'']', '' -replace '["'']$', ''
    $kept = $env:PDACTIONS_COMPLETE
    $encoding = [Console]::OutputEncoding
    try {
        $env:PDACTIONS_COMPLETE = ($before + $current) -join [char]10
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $found = @(pdactions __complete 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
        $env:PDACTIONS_COMPLETE = $kept
    }
    foreach ($candidate in $found) {
        $text, $description = $candidate -split [char]9, 2
        if (-not $text) { continue }
        if (-not $description) { $description = $text }
        $word = if ($text -match '[^\\w=:./*-]') { "'" + ($text -replace '[''\\u2018-\\u201b]', '$0$0') + "'" } else { $text }
        [System.Management.Automation.CompletionResult]::new($word, $text, 'ParameterValue', $description)
    }
}
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};
