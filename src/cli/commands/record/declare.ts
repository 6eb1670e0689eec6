// The command `record`: what it takes.

import type { Command } from 'commander'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { dsnArgument, sinceOption, untilOption } from '../../invocation/shared-options.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'
import { statementsOption } from '../../watching/recording-options.ts'

interface RecordArguments {
  readonly statements?: boolean
  readonly export?: string
  readonly since?: number
  readonly until?: number
  readonly force?: boolean
}

/** Adds `record`. */
export function declareRecord(program: Command, invocation: Invocation): void {
  program
    .command('record')
    .description('record what the monitor would show, without a screen, to look at it later: pgdeck --at 02:14')
    .addArgument(dsnArgument())
    .addOption(statementsOption())
    .option('--export <file>', 'write what was recorded into one new file, which opens elsewhere: pgdeck --from FILE')
    .addOption(sinceOption('with --export: from this time on'))
    .addOption(untilOption())
    .option('--force', 'replace the file of --export or --trace if it exists')
    .action((dsns: string[], options: RecordArguments, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        invocation.requireDsns(dsns, null)
        const { export: out, since, until, statements = false } = options
        if (out !== undefined) {
          if (since === undefined) throw new UsageError('record: --export needs --since, such as --since 2h')
          const { exportCommand } = await import('./run-export.ts')
          return exportCommand({ ...reporting, out, since, until, statements, force: options.force ?? false })
        }
        if (since !== undefined || until !== undefined)
          throw new UsageError('record: --since and --until need --export')
        const config = await polledConfigFor(invocation, common, dsns)
        const { recordCommand } = await import('./run.ts')
        return recordCommand({ ...reporting, statements, config, discovers: dsns.length > 0 })
      }),
    )
}
