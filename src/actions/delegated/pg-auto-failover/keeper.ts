// The keeper of a node on its host: its program, the commands of its service, and its settings, from which it can be made
// again. Of the settings nothing leaves the host that may hold a password.

import { posix } from 'node:path'
import * as z from 'zod'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import { clean } from '../../../model/values/text.ts'
import type { ActionToolbox } from '../../definition/action.ts'
import { type DatabaseService, databaseServiceOf, hostConfigOf } from '../../hosts/service.ts'

/** Where pg_autoctl of a node is run, and how its service is stopped and started there. */
export interface KeeperPlace {
  readonly host: string
  /** The words that switch to the owner of the data. */
  readonly prefix: readonly string[]
  readonly program: string
  readonly dataDirectory: string
  readonly control: DatabaseService['control']
  readonly stop: readonly string[]
  readonly start: readonly string[]
}

type Or<T> = T | { readonly why: string }

const LIMIT_MS = 8_000

/** pg_autoctl looks for its files in the home of the user who runs it; runuser keeps another one. $1 is the program. */
export const AT_HOME = `h=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6); [ -n "$h" ] && export HOME="$h"; export LC_ALL=C
p=$1; shift`

/** `why`: a clause. */
export async function keeperOf(view: DatabaseView, tools: ActionToolbox): Promise<Or<KeeperPlace>> {
  const service = await databaseServiceOf(view.id, tools)
  const { host, control, dataDirectory, asOwner: prefix } = service
  if (host === null || service.lacks) {
    const because = service.lacks ? `: ${service.lacks.why}` : ''
    return { why: `that is done on the host of ${view.name}, to which pgdeck has no access${because}` }
  }
  if (dataDirectory === null) return { why: `"dataDirectory" of the host of ${view.name} is not set, or can’t be used` }
  const { stop = null, start = null } = hostConfigOf(view.id, tools) ?? {}
  if (!stop || !start || !isOfKeeper(stop) || !isOfKeeper(start))
    return {
      why: `pgdeck would have to stop and start its keeper: set "stop" and "start" of the host of ${view.name} to the commands of its service, such as systemctl stop pgautofailover`,
    }
  const program = await programOn(service, tools)
  if (program === null) return { why: `there is no program pg_autoctl on ${host}` }
  return { host, prefix, program, dataDirectory, control, stop, start }
}

/** Programs whose words name a service. */
const OF_SERVICES: ReadonlySet<string> = new Set(['systemctl', 'service', 'rc-service'])
const KEEPER = /^(?:pg_autoctl|pg_?auto_?failover|pg-auto-?failover)/

/** Whether a command starts or stops the keeper, and not only PostgreSQL: by its program, or the name of its service. */
export function isOfKeeper(command: readonly string[]): boolean {
  const [program = '', ...words] = withoutSwitch(command)
  const name = posix.basename(program)
  return OF_SERVICES.has(name) ? words.some((word) => KEEPER.test(word)) : KEEPER.test(name)
}

/** Without the words that only switch to another user. */
function withoutSwitch([first = '', ...words]: readonly string[]): readonly string[] {
  if (!/^(?:sudo|doas|runuser)$/.test(posix.basename(first))) return [first, ...words]
  const isOption = (word: string, index: number) => word.startsWith('-') || /^-[ug]$/.test(words[index - 1] ?? '')
  const start = words.findIndex((word, index) => !isOption(word, index))
  return start < 0 ? [] : words.slice(start)
}

async function programOn({ host, asOwner, binDirectory }: DatabaseService, tools: ActionToolbox) {
  const connection = tools.host(host)
  if (!connection) return null
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  for (const name of [...(binDirectory === null ? [] : [`${binDirectory}/pg_autoctl`]), 'pg_autoctl']) {
    const { exitCode } = await connection.run([...asOwner, name, '--version'], { signal })
    if (exitCode === 0) return name
  }
  return null
}

const text = z.string().transform(clean)

const settingsShape = z.object({
  pg_autoctl: z.object({ formation: text, name: text, hostname: text, nodekind: text.default('standalone') }),
  postgresql: z.object({
    dbname: text.default('postgres'),
    username: text.optional(),
    port: z.number(),
    listen_addresses: text.default('*'),
    auth_method: text.default('trust'),
    hba_level: text.default('minimal'),
  }),
  ssl: z
    .object({
      active: z.number().default(0),
      sslmode: text.optional(),
      ca_file: text.optional(),
      crl_file: text.optional(),
      cert_file: text.optional(),
      key_file: text.optional(),
    })
    .default({ active: 0 }),
})

/** The settings of a keeper that `pg_autoctl create postgres` wants to be told again; it keeps all others. */
export type KeeperSettings = z.output<typeof settingsShape>

const SETTINGS = `${AT_HOME}; exec "$p" config get --json --pgdata "$1"`

/** Reads them on the host. `why`: a clause. */
export async function readKeeperSettings(place: KeeperPlace, tools: ActionToolbox): Promise<Or<KeeperSettings>> {
  const { host, program, dataDirectory } = place
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const argv = [...place.prefix, 'sh', '-c', SETTINGS, 'pgdeck', program, dataDirectory]
  const { exitCode, stdout } = (await tools.host(host)?.run(argv, { signal })) ?? { exitCode: null, stdout: '' }
  const read = exitCode === 0 ? settingsShape.safeParse(jsonOrNull(stdout)) : null
  if (read?.success) return read.data
  return { why: `pg_autoctl on ${host} tells no settings of a keeper for ${dataDirectory}` }
}

function jsonOrNull(stdout: string): unknown {
  try {
    return JSON.parse(stdout)
  } catch {
    return null
  }
}

/** Of a node, by its monitor. */
export interface NodeRank {
  readonly priority: number
  readonly quorum: boolean
}

/** The words of `pg_autoctl create postgres` for the same node; without the monitor, whose URI may hold a password. `why`: a clause. */
export function wordsToCreate(
  dataDirectory: string,
  { pg_autoctl: own, postgresql, ssl }: KeeperSettings,
  { priority, quorum }: NodeRank,
): Or<readonly string[]> {
  if (own.nodekind !== 'standalone') return { why: `it is a node of Citus (${own.nodekind})` }
  const tls = wordsForTls(dataDirectory, ssl)
  if ('why' in tls) return tls
  const about = ['--pgdata', dataDirectory, '--pgport', String(postgresql.port), '--hostname', own.hostname]
  const names = ['--name', own.name, '--formation', own.formation, '--dbname', postgresql.dbname]
  const user = postgresql.username === undefined ? [] : ['--username', postgresql.username]
  const listens = ['--listen', postgresql.listen_addresses]
  const rank = ['--candidate-priority', String(priority), '--replication-quorum', String(quorum)]
  return ['create', 'postgres', ...about, ...listens, ...names, ...user, ...wordsForHba(postgresql), ...tls, ...rank]
}

function wordsForHba({ auth_method: method, hba_level: level }: KeeperSettings['postgresql']): readonly string[] {
  if (level === 'none' || level === 'skip' || method === 'skip') return ['--skip-pg-hba']
  return ['--auth', method, ...(level === 'lan' ? ['--pg-hba-lan'] : [])]
}

function wordsForTls(
  dataDirectory: string,
  { active, sslmode, ca_file, crl_file, cert_file, key_file }: KeeperSettings['ssl'],
): Or<readonly string[]> {
  if (active === 0) return ['--no-ssl']
  if (!ca_file) return ['--ssl-self-signed', ...(sslmode ? ['--ssl-mode', sslmode] : [])]
  const files = {
    '--ssl-ca-file': ca_file,
    '--ssl-crl-file': crl_file,
    '--server-cert': cert_file,
    '--server-key': key_file,
  }
  const given = Object.entries(files).filter((each): each is [string, string] => Boolean(each[1]))
  const inside = given.find(([, file]) => file.startsWith(`${dataDirectory}/`))
  if (inside) return { why: `its data directory holds ${inside[1]}, which the copy would remove: keep it elsewhere` }
  return [...given.flat(), ...(sslmode ? ['--ssl-mode', sslmode] : [])]
}
