// The command line: which commands there are, what they take, and which file each lives in. A command's own code is
// loaded when it runs, so that none pays for another.

import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { Config } from '../config/config.ts'
import { MODEL_IDS, type ModelId, PLAIN_PROFILE, type ProfileId } from '../model/measured/spec.ts'
import { PROFILE_IDS } from '../profiles/facts.ts'
import { declareAudit } from './commands/audit/declare.ts'
import { declareCompletion } from './commands/completion/declare.ts'
import { declareMonitoring } from './commands/declare-monitoring.ts'
import { declareSupport } from './commands/declare-support.ts'
import { declareDiagnose } from './commands/diagnose/declare.ts'
import { declareDoAndRuns } from './commands/do/declare.ts'
import { declareHba } from './commands/hba/declare.ts'
import { UsageError } from './invocation/exit-codes.ts'
import type { Invocation } from './invocation/invocation.ts'
import { type CommonOptions, commonOptions, readConfig } from './invocation/options.ts'
import { traceForceOption } from './invocation/trace.ts'
import { resolvePolledConfig } from './watching/polled-config.ts'

const EXIT_CODES = `
Exit codes: 0 ok, 1 warning, 2 critical, 3 unknown (status, check, diagnose, hba audit, doctor); 0 done, 1 not (the others);
4 a check blocks an act, 5 an act stopped half way (do); 64 wrong usage, 69 nothing could be reached, 78 the configuration is
wrong, 130 or 143 ended by a signal.`

/** A program whose commands report their exit code to `context`. Wrong usage throws CommanderError or UsageError. */
export function createProgram(context: Invocation): Command {
  const program = new Command('pgdeck')
    .description('A full-screen terminal monitor for highly available applications on PostgreSQL')
    .version(context.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', EXIT_CODES)
  for (const option of commonOptions()) program.addOption(option)
  addScreens(program, context)
  addReports(program, context)
  declareMonitoring(program, context)
  declareAudit(program, context)
  declareDoAndRuns(program, context)
  declareDiagnose(program, context)
  declareHba(program, context)
  declareSupport(program, context)
  addConfig(program, context)
  declareCompletion(program, context)
  return program
}

function addScreens(program: Command, context: Invocation): void {
  const press = () => new Option('--press <keys>', 'press these keys after the start')
  const screenReader = () => new Option('--screen-reader', 'plain lines instead of a drawn screen')
  program
    .command('watch', { isDefault: true })
    .description('the monitor (this is the default command)')
    .argument('[dsn...]', 'connection strings: watch what they lead to instead of a configured cluster')
    .addOption(press())
    .addOption(screenReader())
    .addOption(traceForceOption())
    .action((dsns: string[], options: { press?: string; screenReader?: boolean }, command: Command) =>
      context.run(command, async (common, screen) => {
        context.requireDsns(dsns, program)
        const { config, fromDsns } = await readConfig(common, dsns)
        context.warn(config.warnings)
        const { watchCommand } = await import('./commands/watch/run.ts')
        return watchCommand({ ...screen, ...options, config, discovers: fromDsns, log: context.log })
      }),
    )
  program
    .command('demo')
    .description('start a real cluster with application servers on this machine, and watch it')
    .addOption(new Option('--seconds <n>', 'end after so many seconds').argParser(whole(1, 86_400)))
    .addOption(new Option('--size <n>', 'how many replicas').argParser(whole(1, 8)).default(1))
    .addOption(new Option('--model <id>', 'the deployment model').choices(MODEL_IDS).default(MODEL_IDS[0]))
    .addOption(profileOption())
    .option('--write-config <file>', 'write a configuration that watches the demo, for other commands')
    .option('--force', 'replace that file, or that of --trace, if it is there')
    .addOption(press())
    .addOption(screenReader())
    .action((options: DemoArguments, command: Command) =>
      context.run(command, async (_, screen) => {
        const { demoCommand } = await import('./commands/demo/run.ts')
        return demoCommand({ ...screen, ...options })
      }),
    )
}

interface DemoArguments {
  readonly seconds?: number
  readonly size: number
  readonly model: ModelId
  readonly profile: ProfileId
  readonly writeConfig?: string
  readonly force?: boolean
}

function profileOption(): Option {
  return new Option('--profile <id>', 'a product installed around the databases, whose procedures can be tried')
    .choices(PROFILE_IDS)
    .default(PLAIN_PROFILE)
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`)
  }
}

function addReports(program: Command, context: Invocation): void {
  program
    .command('status')
    .description('poll once and print how everything is')
    .addArgument(dsnArgument())
    .option('--json', 'print a JSON document')
    .option('--watch', 'go on: one poll and one output per interval')
    .addOption(traceForceOption())
    .action((dsns: string[], options: { json?: boolean; watch?: boolean }, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        context.requireDsns(dsns, null)
        const config = await reported(common, dsns, context)
        const { statusCommand } = await import('./commands/status/run.ts')
        return statusCommand({ ...reporting, config, json: options.json ?? false, watch: options.watch ?? false })
      }),
    )
  program
    .command('topology')
    .description('poll once and print the tree of databases and servers')
    .addArgument(dsnArgument())
    .addOption(new Option('--json', 'print a JSON document').conflicts('dot'))
    .option('--dot', 'print a graph for Graphviz')
    .addOption(traceForceOption())
    .action((dsns: string[], options: { json?: boolean; dot?: boolean }, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        context.requireDsns(dsns, null)
        const config = await reported(common, dsns, context)
        const { topologyCommand } = await import('./commands/topology/run.ts')
        return topologyCommand({ ...reporting, config, format: options.json ? 'json' : options.dot ? 'dot' : 'text' })
      }),
    )
  program
    .command('keys')
    .description('print every key of the monitor, with those of the configuration')
    .addOption(new Option('--markdown', 'as a Markdown table').conflicts('json'))
    .option('--json', 'as a JSON document')
    .action((options: { markdown?: boolean; json?: boolean }, command: Command) =>
      context.run(command, async (common, _, reporting) => {
        const { keysCommand } = await import('./commands/keys/run.ts')
        const { configuredCustomKeys } = await import('./invocation/custom-keys.ts')
        const own = await configuredCustomKeys(common)
        return keysCommand({
          ...reporting,
          own,
          format: options.json ? 'json' : options.markdown ? 'markdown' : 'text',
        })
      }),
    )
  program
    .command('version')
    .description('print the versions of pgdeck and Node')
    .addOption(new Option('--json', 'as a JSON document').conflicts('licenses'))
    .option('--licenses', 'the licenses of what pgdeck contains')
    .action((options: { json?: boolean; licenses?: boolean }, command: Command) =>
      context.run(command, async (_, __, { output }) => {
        const { licencesCommand, versionCommand } = await import('./commands/version/run.ts')
        return options.licenses ? licencesCommand(output) : versionCommand({ json: options.json ?? false, output })
      }),
    )
}

/** The config for a command that prints; its warnings go to stderr. */
async function reported(common: CommonOptions, dsns: readonly string[], context: Invocation): Promise<Config> {
  return resolvePolledConfig(common, dsns, context.notify, (warnings) => context.warn(warnings))
}

function dsnArgument(): Argument {
  return new Argument('[dsn...]', 'connection strings, instead of a configuration')
}

function addConfig(program: Command, context: Invocation): void {
  const config = program.command('config').description('make, check or describe a configuration')
  config
    .command('init')
    .description('print a configuration: of the cluster that connection strings lead to, or one to fill in')
    .addArgument(dsnArgument())
    .option('--out <file>', 'write it to this file')
    .option('--force', 'replace the file if it is there')
    .action((dsns: string[], options: { out?: string; force?: boolean }, command: Command) =>
      context.run(command, async (common, _, { output }) => {
        context.requireDsns(dsns, null)
        const { configInitCommand } = await import('./commands/config/run.ts')
        const { out, force = false } = options
        return configInitCommand({ dsns, out, force, clusterName: common.cluster, output, tell: context.notify })
      }),
    )
  config
    .command('validate')
    .description('check the configuration file')
    .argument('[file]', 'the file, instead of --config and the usual places')
    .action((file: string | undefined, _: object, command: Command) =>
      context.run(command, async (common, __, { output }) => {
        if (file !== undefined && common.config !== undefined) {
          throw new UsageError('config validate: give the file as an argument or with --config, not both')
        }
        const { configValidateCommand } = await import('./commands/config/run.ts')
        return configValidateCommand({ common, file, output, tell: context.notify })
      }),
    )
  config
    .command('schema')
    .description('print the JSON Schema of the configuration file')
    .action((_: object, command: Command) =>
      context.run(command, async (__, ___, { output }) => {
        const { configSchemaCommand } = await import('./commands/config/run.ts')
        return configSchemaCommand({ output })
      }),
    )
}
