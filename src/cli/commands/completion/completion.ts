import { Argument } from 'commander';
import type { CommandSpec } from '../../command.ts';
import type { Context } from '../../context.ts';
import { SCRIPTS, type Shell } from './scripts.ts';

export const spec: CommandSpec = {
  name: 'completion',
  summary: 'print a completion script for your shell',
  group: 'other',
  rank: 2,
  scopes: 'none',
  uses: [],
  examples: ['completion bash', 'completion powershell'],
  define(command, context) {
    command
      .addArgument(
        new Argument('<shell>', 'the shell to print the script for').choices(Object.keys(SCRIPTS) as Shell[]),
      )
      .addHelpText(
        'after',
        `
To enable it:
  bash        pdactions completion bash > ~/.local/share/bash-completion/completions/pdactions
  zsh         pdactions completion zsh > "\${fpath[1]}/_pdactions"
  fish        pdactions completion fish > ~/.config/fish/completions/pdactions.fish
  PowerShell  pdactions completion powershell >> $PROFILE`,
      )
      .action((shell: Shell) => runCompletion(context(), shell));
  },
};

/** Prints the script that makes a shell complete commands, options and names from the config. */
export function runCompletion({ io }: Pick<Context, 'io'>, shell: Shell): void {
  io.data(SCRIPTS[shell]);
}
