// The commands for looking into trouble afterwards, or before it comes: what they take.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseSize } from '../../model/values/units.ts'
import type { Invocation } from '../invocation/invocation.ts'
import { resolvePolledConfig } from '../watching/polled-config.ts'
import { parseSinceOption } from './audit/declare.ts'

interface LogsArguments {
  readonly out: string
  readonly force?: boolean
  readonly since?: number
  readonly maxSize?: number
  readonly json?: boolean
}

interface ReportArguments extends Omit<LogsArguments, 'since'> {
  readonly since: number
}

/** Adds `logs`, `report` and `doctor`. */
export function declareSupport(program: Command, context: Invocation): void {
  program
    .command('logs')
    .description(
      'collect the logs of one server or database into one .tar.gz, without secrets (exit 1: none was taken)',
    )
    .argument('<name>', 'the server or database')
    .requiredOption('--out <file>', 'the archive, a new file')
    .option('--force', 'replace the file if it is there')
    .addOption(
      sinceOption('only files written to since then (default: all that fit; events and audit of the last day)'),
    )
    .addOption(maxSize())
    .option('--json', 'print the manifest as a JSON document')
    .action((name: string, options: LogsArguments, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        const config = await resolvePolledConfig(common, [], context.notify, (warnings) => context.warn(warnings))
        const { logsCommand } = await import('./logs/run.ts')
        return logsCommand({ ...reporting, ...options, config, name, json: options.json ?? false })
      }),
    )
  program
    .command('report')
    .description(
      'gather what happened in a cluster, for a post-mortem: a timeline, and with .tar.gz the logs of all nodes',
    )
    .addOption(sinceOption('from then on').makeOptionMandatory())
    .requiredOption('--out <file>', 'a new file: .md for the timeline alone, .tar.gz for everything')
    .option('--force', 'replace the file if it is there')
    .addOption(maxSize())
    .option('--json', 'print what was gathered as a JSON document')
    .action((options: ReportArguments, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        const config = await resolvePolledConfig(common, [], context.notify, (warnings) => context.warn(warnings))
        const { reportCommand } = await import('./report/run.ts')
        return reportCommand({ ...reporting, ...options, config, json: options.json ?? false })
      }),
    )
  addDoctor(program, context)
}

function addDoctor(program: Command, context: Invocation): void {
  program
    .command('doctor')
    .description(
      'what this role may see on each node, with the GRANTs, what differs between nodes, and this host (exit 0 to 3)',
    )
    .argument('[dsn...]', 'connection strings, instead of a configuration')
    .option('--json', 'print a JSON document')
    .action((dsns: string[], options: { json?: boolean }, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        context.requireDsns(dsns, null)
        const { doctorCommand } = await import('./doctor/run.ts')
        // Warnings of the config are findings here.
        const readConfig = () => resolvePolledConfig(common, dsns, context.notify, () => {})
        return doctorCommand({ ...reporting, readConfig, json: options.json ?? false })
      }),
    )
}

function sinceOption(description: string): Option {
  return new Option('--since <time>', `${description}: 2h, 2026-11-22, 2026-11-22T14:00Z`).argParser(parseSinceOption)
}

function maxSize(): Option {
  return new Option('--max-size <size>', 'at most so much of log files, newest first (default: 200MB)').argParser(size)
}

function size(text: string): number {
  const bytes = parseSize(text)
  if (bytes !== null && bytes > 0) return bytes
  throw new InvalidArgumentError('Allowed: a size, such as 800kB, 200MB or 2GB.')
}
