// The command `diagnose`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'

/** Adds `diagnose`. */
export function declareDiagnose(program: Command, invocation: Invocation): void {
  program
    .command('diagnose')
    .description('diagnose one server, database, pooler, proxy or address: the likely cause, and what to do next')
    .argument('<name>', 'its name in the configuration, or its display name')
    .option('--json', 'print a JSON document')
    .action((name: string, { json = false }: { json?: boolean }, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const config = await polledConfigFor(invocation, common, [])
        const { diagnoseCommand } = await import('./run.ts')
        return diagnoseCommand({ ...reporting, config, name, json })
      }),
    )
}
