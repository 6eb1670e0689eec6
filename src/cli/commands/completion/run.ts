// `pgdeck completion SHELL`: prints a script that completes commands, options and their choices.

import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import type { Output } from '../../invocation/output.ts'
import { bashCompletion } from './bash.ts'
import type { CommandEntry } from './command-tree.ts'
import { fishCompletion } from './fish.ts'
import { zshCompletion } from './zsh.ts'

const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const
export type CompletionShell = (typeof COMPLETION_SHELLS)[number]

const SCRIPTS: Readonly<Record<CompletionShell, (tree: CommandEntry) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** Prints the script. Resolves to the exit code. */
export async function completionCommand(options: {
  readonly shell: CompletionShell
  readonly tree: CommandEntry
  readonly output: Output
}): Promise<number> {
  await options.output.write(SCRIPTS[options.shell](options.tree))
  return EXIT_CODES.ok
}
