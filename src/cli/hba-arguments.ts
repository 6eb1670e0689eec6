// The commands about pg_hba.conf: what they take.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Context } from './context.ts'
import type { AskedConnection } from './hba.ts'
import { UsageError } from './usage.ts'

interface TestArguments {
  readonly file: string
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

/** Adds `hba test`. */
export function addHba(program: Command, context: Context): void {
  const hba = program.command('hba').description('which line of a pg_hba.conf decides, and why')
  hba
    .command('test')
    .description('the line that decides for a connection (exit 1: not allowed)')
    .requiredOption('--file <file>', 'the pg_hba.conf')
    .addOption(new Option('--type <type>', 'over a Unix socket, or over the network').choices(['local', 'host']))
    .option('--ssl', 'encrypted with TLS')
    .option('--no-ssl', 'not encrypted with TLS (this is assumed)')
    .option('--gss', 'encrypted with GSSAPI')
    .option('--database <name>', 'the database')
    .option('--user <name>', 'the user')
    .option('--address <address>', 'where the client connects from')
    .option('--replication', 'physical replication; logical replication is a connection to its database')
    .option('--member-of <role...>', 'roles that the user is a member of, directly or not')
    .option('--superuser', 'the user is a superuser (for +role that makes no difference)')
    .addOption(
      new Option('--server-version <n>', 'the major version of the server (default: the newest)').argParser(major),
    )
    .option('--server-address <cidr...>', 'networks of the server for samehost and samenet (default: this machine’s)')
    .option('--batch', 'read one connection a line from standard input, as JSON')
    .option('--json', 'print a JSON document')
    .action((options: TestArguments, command: Command) =>
      context.run(command, async (_, __, { output }) => {
        const { file, serverVersion, serverAddress, json = false } = options
        const connection = askedConnection(options)
        const { hbaTestCommand } = await import('./hba.ts')
        const batch = options.batch ? await standardInput() : null
        return hbaTestCommand({ file, connection, batch, serverVersion, serverAddresses: serverAddress, json, output })
      }),
    )
}

/** null for a batch, whose lines bring their own. */
function askedConnection(options: TestArguments): AskedConnection | null {
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
  if (number >= 13) return number
  throw new InvalidArgumentError('Allowed: a major version from 13 on.')
}
