// The command `diagnose`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { resolvePolledConfig } from '../../watching/polled-config.ts'

/** Adds `diagnose`. */
export function declareDiagnose(program: Command, context: Invocation): void {
  program
    .command('diagnose')
    .description('find out why one server or database is inactive, or that nothing is wrong with it')
    .argument('<name>', 'its name in the configuration, or its display name')
    .option('--json', 'print a JSON document')
    .action((name: string, options: { json?: boolean }, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        const config = await resolvePolledConfig(common, [], context.notify, (warnings) => context.warn(warnings))
        const { diagnoseCommand } = await import('./run.ts')
        return diagnoseCommand({ ...reporting, config, name, json: options.json ?? false })
      }),
    )
}
