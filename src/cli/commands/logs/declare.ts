// The command `logs`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { maxSizeOption, sinceOption } from '../../invocation/shared-options.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'

interface LogsArguments {
  readonly out: string
  readonly force?: boolean
  readonly since?: number
  readonly maxSize?: number
  readonly json?: boolean
}

/** Adds `logs`. */
export function declareLogs(program: Command, invocation: Invocation): void {
  program
    .command('logs')
    .description(
      'collect the logs of one server or database into one .tar.gz, without secrets (exit 1: no log was collected)',
    )
    .argument('<name>', 'the server or database')
    .requiredOption('--out <file>', 'the archive, a new file')
    .option('--force', 'replace the file if it exists')
    .addOption(sinceOption('only files written since then (default: all that fit; events and audit of the last day)'))
    .addOption(maxSizeOption())
    .option('--json', 'print the manifest as a JSON document')
    .action((name: string, options: LogsArguments, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const config = await polledConfigFor(invocation, common, [])
        const { logsCommand } = await import('./run.ts')
        return logsCommand({ ...reporting, ...options, config, name, json: options.json ?? false })
      }),
    )
}
