// `pgdeck completion SHELL`: a script that completes commands, options and their choices, made from the commands.

import type { Output } from '../../invocation/output.ts'
import { bashScript } from './bash.ts'
import type { CommandEntry } from './command-tree.ts'
import { fishScript } from './fish.ts'
import { zshScript } from './zsh.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

const SCRIPTS: Readonly<Record<Shell, (tree: CommandEntry) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** Prints the script. Resolves to the exit code. */
export async function completionCommand(options: {
  readonly shell: Shell
  readonly tree: CommandEntry
  readonly output: Output
}): Promise<number> {
  await options.output.write(SCRIPTS[options.shell](options.tree))
  return 0
}
