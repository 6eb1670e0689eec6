// The commands that shells and scripts call: what they take.

import { Argument, type Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import type { ConfigNameKind } from './config-names.ts'

/**
 * Adds `completion`; `__names`, which only its scripts call; and `ring`, which only the scripts of the demo's product
 * call.
 */
export function declareCompletion(program: Command, context: Invocation): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish', _: object, command: Command) =>
      context.run(command, async (__, ___, { output }) => {
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
      context.run(command, async (common, __, { output }) => {
        const { configNamesCommand } = await import('./config-names.ts')
        return configNamesCommand(kind, common, output)
      }),
    )
  program
    .command('ring', { hidden: true })
    .argument('<address>')
    .argument('[words...]')
    .action((address: string, words: string[], _: object, command: Command) =>
      context.run(command, async (__, ___, { output }) => {
        const { callDemoScript } = await import('../../../demo/scripts/call-script.ts')
        const { done, text } = await callDemoScript(address, words)
        if (done) await output.write(`${text}\n`)
        else context.notify(text)
        return done ? 0 : 1
      }),
    )
}
