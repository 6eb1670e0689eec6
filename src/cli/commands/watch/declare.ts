// The options of the default command, `watch`.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { readConfig } from '../../invocation/options.ts'
import { pressOption, screenReaderOption, selectOption } from '../../invocation/shared-options.ts'
import { traceForceOption } from '../../invocation/trace.ts'

/** Adds `watch`. */
export function declareWatch(program: Command, invocation: Invocation): void {
  program
    .command('watch', { isDefault: true })
    .description('the monitor (this is the default command)')
    .argument('[dsn...]', 'connection strings: watch their cluster instead of a configured one')
    .addOption(pressOption())
    .addOption(selectOption())
    .addOption(screenReaderOption())
    .addOption(traceForceOption())
    .action((dsns: string[], options: { press?: string; select?: string; screenReader?: boolean }, command: Command) =>
      invocation.run(command, async (common, screen) => {
        invocation.requireDsns(dsns, program)
        const { config, fromDsns } = await readConfig(common, dsns)
        invocation.warn(config.warnings)
        const { watchCommand } = await import('./run.ts')
        return watchCommand({ ...screen, ...options, config, discovers: fromDsns, log: invocation.log })
      }),
    )
}
