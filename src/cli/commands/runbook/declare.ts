// The command `runbook`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'

/** Adds `runbook`. */
export function declareRunbook(program: Command, invocation: Invocation): void {
  program
    .command('runbook')
    .description('print the keys and commands of an action as Markdown, for the wiki of a team')
    .argument('<action>', 'the action; pgdeck do --list prints them')
    .argument('[name]', 'the database or server to write it for (default: a word to replace)')
    .action((action: string, name: string | undefined, _: unknown, command: Command) =>
      invocation.run(command, async (common, _screen, { output }) => {
        const { runbookCommand } = await import('./run.ts')
        const { configuredCustomKeys } = await import('../../invocation/custom-keys.ts')
        return runbookCommand({ action, name, own: await configuredCustomKeys(common), output })
      }),
    )
}
