// The command `doctor`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { dsnArgument } from '../../invocation/shared-options.ts'
import { resolvePolledConfig } from '../../watching/polled-config.ts'

/** Adds `doctor`. */
export function declareDoctor(program: Command, invocation: Invocation): void {
  program
    .command('doctor')
    .description('check the privileges of this role, the differences between nodes, and this host (exit 0 to 3)')
    .addArgument(dsnArgument())
    .option('--json', 'print a JSON document')
    .action((dsns: string[], { json = false }: { json?: boolean }, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        invocation.requireDsns(dsns, null)
        const { doctorCommand } = await import('./run.ts')
        // Warnings of the config are findings here.
        const readConfig = () => resolvePolledConfig(common, dsns, invocation.notify, () => {})
        return doctorCommand({ ...reporting, readConfig, json })
      }),
    )
}
