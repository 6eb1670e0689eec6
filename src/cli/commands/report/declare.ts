// The command `report`: what it takes.

import type { Command } from 'commander'
import type { Invocation } from '../../invocation/invocation.ts'
import { maxSizeOption, sinceOption } from '../../invocation/shared-options.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'

interface ReportArguments {
  readonly since: number
  readonly out: string
  readonly force?: boolean
  readonly maxSize?: number
  readonly json?: boolean
}

/** Adds `report`. */
export function declareReport(program: Command, invocation: Invocation): void {
  program
    .command('report')
    .description('collect the timeline of a cluster for a post-mortem, and with .tar.gz the logs of all nodes')
    .addOption(sinceOption('from this time on').makeOptionMandatory())
    .requiredOption('--out <file>', 'a new file: .md for the timeline alone, .tar.gz for everything')
    .option('--force', 'replace the file if it exists')
    .addOption(maxSizeOption())
    .option('--json', 'print what was collected as a JSON document')
    .action((options: ReportArguments, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const config = await polledConfigFor(invocation, common, [])
        const { reportCommand } = await import('./run.ts')
        return reportCommand({ ...reporting, ...options, config, json: options.json ?? false })
      }),
    )
}
