// The options of the default command, `watch`.

import type { Command } from 'commander'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { type CommonOptions, readConfig } from '../../invocation/options.ts'
import {
  atOption,
  fromOption,
  pressOption,
  type RecordedTime,
  screenReaderOption,
  selectOption,
} from '../../invocation/shared-options.ts'
import { traceForceOption } from '../../invocation/trace.ts'
import { type RecordingOptions, recordOption, statementsOption } from '../../watching/recording-options.ts'

interface WatchArguments extends RecordingOptions {
  readonly press?: string
  readonly select?: string
  readonly screenReader?: boolean
  readonly at?: RecordedTime
  readonly from?: string
}

/** Adds `watch`. */
export function declareWatch(program: Command, invocation: Invocation): void {
  program
    .command('watch', { isDefault: true })
    .description('the monitor (this is the default command)')
    .argument('[dsn...]', 'connection strings: watch their cluster instead of a configured one')
    .addOption(pressOption())
    .addOption(selectOption())
    .addOption(screenReaderOption())
    .addOption(atOption())
    .addOption(fromOption())
    .addOption(recordOption())
    .addOption(statementsOption())
    .addOption(traceForceOption())
    .action((dsns: string[], options: WatchArguments, command: Command) =>
      invocation.run(command, async (common, screen) => {
        invocation.requireDsns(dsns, program)
        const { from } = options
        if (from !== undefined) {
          requirePlayable(dsns, common, options)
          const { playRecording } = await import('../../watching/playback.ts')
          return playRecording({ ...options, from })
        }
        if (options.statements && !options.record) throw new UsageError('--statements is for recordings: add --record')
        const { config, fromDsns } = await readConfig(common, dsns)
        invocation.warn(config.warnings)
        const { watchCommand } = await import('./run.ts')
        return watchCommand({ ...screen, ...options, config, discovers: fromDsns, log: invocation.log })
      }),
    )
}

/** Throws UsageError for what has no meaning where only a recording is shown. */
function requirePlayable(dsns: readonly string[], common: CommonOptions, { record, statements }: WatchArguments): void {
  if (dsns.length > 0 || common.config !== undefined)
    throw new UsageError('--from shows a recording: leave out the configuration and connection strings')
  if (record || statements)
    throw new UsageError('--from shows a recording: nothing is recorded, leave out --record and --statements')
  if (common.cluster !== undefined) throw new UsageError('--from shows all clusters of the file: leave out --cluster')
}
