// The command `status`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { dsnArgument } from '../../invocation/shared-options.ts'
import { traceForceOption } from '../../invocation/trace.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'

/** Adds `status`. */
export function declareStatus(program: Command, invocation: Invocation): void {
  program
    .command('status')
    .description('poll once and print the status of everything')
    .addArgument(dsnArgument())
    .option('--json', 'print a JSON document')
    .option('--watch', 'repeat: one poll and one output per interval')
    .addOption(traceForceOption())
    .action((dsns: string[], options: { json?: boolean; watch?: boolean }, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        invocation.requireDsns(dsns, null)
        const config = await polledConfigFor(invocation, common, dsns)
        const { statusCommand } = await import('./run.ts')
        return statusCommand({ ...reporting, config, json: options.json ?? false, watch: options.watch ?? false })
      }),
    )
}
