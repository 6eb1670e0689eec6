// The commands `hba audit` and `hba test`: what they take.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { looksLikeDsn } from '../../../config/dsn/dsn-text.ts'
import { UsageError } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { type CommonOptions, readConfig } from '../../invocation/options.ts'
import { polledConfigFor } from '../../watching/polled-config.ts'
import type { HbaRulesSource, TestedConnection } from './rules-source.ts'
import type { HbaTestOptions } from './run-test.ts'

interface TestArguments {
  readonly file?: string
  readonly node?: string
  readonly type?: 'local' | 'host'
  readonly ssl?: boolean
  readonly gss?: boolean
  readonly database?: string
  readonly user?: string
  readonly address?: string
  readonly replication?: boolean
  readonly memberOf?: readonly string[]
  readonly superuser?: boolean
  readonly serverVersion?: number
  readonly serverAddress?: readonly string[]
  readonly batch?: boolean
  readonly json?: boolean
}

/** Adds `hba audit` and `hba test`. */
export function declareHba(program: Command, invocation: Invocation): void {
  const hba = program.command('hba').description('which line of pg_hba.conf decides, and why')
  declareHbaAudit(hba, invocation)
  declareHbaTest(hba, invocation)
}

function declareHbaAudit(hba: Command, invocation: Invocation): void {
  hba
    .command('audit')
    .description('check for the lines that the topology needs, on every database that may become the primary')
    .argument('[name|dsn...]', 'only of this server or database; connection strings, instead of a configuration')
    .option('--json', 'print a JSON document')
    .action((words: string[], { json = false }: { json?: boolean }, command: Command) =>
      invocation.run(command, async (common, _, reporting) => {
        const [name = null, ...more] = words.filter((word) => !looksLikeDsn(word))
        if (more.length > 0) throw new UsageError(`hba audit takes one name: ${[name, ...more].join(', ')}`)
        const config = await polledConfigFor(invocation, common, words.filter(looksLikeDsn))
        const { hbaAuditCommand } = await import('./run-audit.ts')
        return hbaAuditCommand({ ...reporting, config, name, json })
      }),
    )
}

function declareHbaTest(hba: Command, invocation: Invocation): void {
  hba
    .command('test')
    .description('print the line that decides for a connection (exit 1: not allowed)')
    .addOption(new Option('--file <file>', 'the pg_hba.conf').conflicts('node'))
    .option('--node <name>', 'a database of the configuration: read rules, roles and version from its server')
    .addOption(new Option('--type <type>', 'over a Unix socket, or over the network').choices(['local', 'host']))
    .option('--ssl', 'encrypted with TLS')
    .option('--no-ssl', 'not encrypted with TLS (this is assumed)')
    .option('--gss', 'encrypted with GSSAPI')
    .option('--database <name>', 'the database')
    .option('--user <name>', 'the user')
    .option('--address <address>', 'the address of the client')
    .option('--replication', 'physical replication; logical replication is a connection to its database')
    .option('--member-of <role...>', 'roles that the user is a member of, directly or not (--node: asks the server)')
    .option('--superuser', 'the user is a superuser (this does not matter for +role)')
    .addOption(
      new Option(
        '--server-version <n>',
        'the major version of the server (default: the node’s, else the newest)',
      ).argParser(major),
    )
    .option(
      '--server-address <cidr...>',
      'networks of the server for samehost and samenet (default: the node’s, else this machine’s)',
    )
    .option('--batch', 'read one connection a line from standard input, as JSON')
    .option('--json', 'print a JSON document')
    .action((options: TestArguments, command: Command) =>
      invocation.run(command, (common, _, { output, notify }) => hbaTest(options, common, { output, notify })),
    )
}

async function hbaTest(
  options: TestArguments,
  common: CommonOptions,
  { output, notify }: Pick<HbaTestOptions, 'output' | 'notify'>,
): Promise<number> {
  const { file, node, serverVersion: version, serverAddress, json = false } = options
  if (file === undefined && node === undefined) {
    throw new UsageError('hba test: name the rules: --file pg_hba.conf, or --node with the name of a database')
  }
  const connection = askedConnection(options)
  const { hbaTestCommand } = await import('./run-test.ts')
  const { parseServerNetworks, rulesFromFile } = await import('./rules-source.ts')
  const given = parseServerNetworks(serverAddress)
  const answer = async (rulesSource: HbaRulesSource) => {
    const batch = options.batch ? await standardInput() : null
    return hbaTestCommand({ rulesSource, connection, batch, json, output, notify })
  }
  if (node === undefined) return answer(rulesFromFile(file ?? '', version, given))
  const { withNodeRules } = await import('./node-rules.ts')
  const { config } = await readConfig(common, [])
  const question = { config, clusterName: common.cluster, node, version, given }
  return withNodeRules({ ...question, user: connection?.user ?? null }, answer)
}

/** null for a batch: its lines have their own values. */
function askedConnection(options: TestArguments): TestedConnection | null {
  const { type, user, database, ssl, gss, address, replication, memberOf, superuser } = options
  if (options.batch) {
    const given = { type, user, database, ssl, gss, address, replication, memberOf, superuser }
    const [extra] = Object.entries(given).find(([, value]) => value !== undefined) ?? []
    if (extra !== undefined) throw new UsageError(`hba test: --batch reads the connections: leave out "${extra}"`)
    return null
  }
  if (type === undefined) throw new UsageError('hba test: --type is missing; allowed: local, host')
  if (user === undefined) throw new UsageError('hba test: --user is missing')
  return { type, user, database, ssl, gss, address, replication, memberOf, superuser }
}

async function standardInput(): Promise<AsyncIterable<string>> {
  const { createInterface } = await import('node:readline')
  return createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
}

function major(text: string): number {
  const number = /^\d{1,2}(?:\.\d+)?$/.test(text) ? Math.floor(Number(text)) : Number.NaN
  if (number >= 14) return number
  throw new InvalidArgumentError('Allowed: a major version from 14 on.')
}
