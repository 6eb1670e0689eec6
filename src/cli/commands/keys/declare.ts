// The command `keys`: what it takes.

import { type Command, Option } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'

/** Adds `keys`. */
export function declareKeys(program: Command, invocation: Invocation): void {
  program
    .command('keys')
    .description('print all keys of the monitor, including those of the configuration')
    .addOption(new Option('--markdown', 'as a Markdown table').conflicts('json'))
    .option('--json', 'as a JSON document')
    .action(({ markdown, json }: { markdown?: boolean; json?: boolean }, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const { keysCommand } = await import('./run.ts')
        const { configuredCustomKeys } = await import('../../invocation/custom-keys.ts')
        const own = await configuredCustomKeys(common)
        return keysCommand({ ...reporting, own, format: json ? 'json' : markdown ? 'markdown' : 'text' })
      }),
    )
}
