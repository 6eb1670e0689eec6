// The command `completion`, and `__names`, which only its scripts call: what they take.

import { Argument, type Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import type { ConfigNameKind } from './config-names.ts'

/** Adds `completion` and `__names`. */
export function declareCompletion(program: Command, invocation: Invocation): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish', _: object, command: Command) =>
      invocation.run(command, async (__, ___, { output }) => {
        const [{ completionCommand }, { commandTree }] = await Promise.all([
          import('./run.ts'),
          import('./command-tree.ts'),
        ])
        return completionCommand({ shell, tree: commandTree(program), output })
      }),
    )
  program
    .command('__names', { hidden: true })
    .addArgument(new Argument('<kind>').choices(['actions', 'clusters', 'nodes']))
    .action((kind: ConfigNameKind, _: object, command: Command) =>
      invocation.run(command, async (common, __, { output }) => {
        const { configNamesCommand } = await import('./config-names.ts')
        return configNamesCommand(kind, common, output)
      }),
    )
}
