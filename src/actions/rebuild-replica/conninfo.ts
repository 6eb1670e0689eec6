// The connection string of a replica to its upstream: its own if it has one. It passes through this process's memory
// only.

import { DsnError, parseDsn } from '../../config/dsn/dsn.ts'
import { parseDsnText } from '../../config/dsn/dsn-text.ts'
import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ConnectionParameters } from '../../model/values/connection-parameters.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { DatabaseAddress } from '../hosts/address.ts'
import { addressInConninfo, repointConninfo, settingInConf } from '../hosts/primary-conninfo.ts'
import { currentPrimaryConninfo } from '../repoint/set-upstream.ts'

export interface ConninfoRequest {
  readonly database: string
  readonly upstream: string
  readonly to: DatabaseAddress
  /** Folders that may have its settings; the first with settings counts. */
  readonly folders: readonly string[]
}

/**
 * Returns the replica's own connection string from its files, with another address if that differs; else the string
 * with which the upstream itself once followed. Throws ActionError if there is none.
 */
export async function upstreamConninfo(
  wanted: ConninfoRequest,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<string> {
  const { database, upstream, to } = wanted
  const own = await ownConninfo(wanted, connection, tools)
  if (own !== null) return isAt(own, to) ? own : repointConninfo(own, to)
  const theirs = await currentPrimaryConninfo(upstream, tools).catch(() => null)
  if (theirs !== null) return repointConninfo(theirs, to, { application_name: database })
  throw new ActionError(
    `pgdeck has no primary_conninfo for ${database}: neither its files nor ${upstream} have one`,
    'Set primary_conninfo in its postgresql.auto.conf once, with the user and password it replicates with.',
  )
}

async function ownConninfo(
  { database, folders }: ConninfoRequest,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<string | null> {
  for (const folder of folders) {
    for (const name of ['postgresql.auto.conf', 'postgresql.conf']) {
      const file = await connection.readFile(`${folder}/${name}`, { signal: tools.signal })
      const setting = file ? settingInConf(file.text, 'primary_conninfo') : null
      if (setting) return setting
    }
  }
  return currentPrimaryConninfo(database, tools).catch(() => null)
}

function isAt(conninfo: string, { host, port }: DatabaseAddress): boolean {
  const place = addressInConninfo(conninfo)
  return place !== null && place.host === host && place.port === port
}

/** Returns the string without its password, for the arguments of a program, and the password. */
export function splitPassword(
  conninfo: string,
  passfile: string,
): { readonly arguments: string; readonly passfile: string | null } {
  const all = parseDsnText(conninfo)
  const password = all.get('password')
  const kept = [...all].filter(([key]) => key !== 'password' && key !== 'application_name' && key !== 'dbname')
  if (password === undefined || password === '') return { arguments: written(kept), passfile: null }
  const withFile = [...kept.filter(([key]) => key !== 'passfile'), ['passfile', passfile] as const]
  const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:')
  return { arguments: written(withFile), passfile: `*:*:*:${escaped(all.get('user') ?? '*')}:${escaped(password)}\n` }
}

function written(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([key, value]) => `${key}='${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(' ')
}

/** These parameters protect nothing, and a base backup does not need them. */
const LEFT_OUT =
  /^(?:keepalives\w*|tcp_user_timeout|options|application_name|fallback_application_name|dbname|replication|load_balance_hosts|client_encoding|krbsrvname|gsslib|target_session_attrs|sslcompression|sslsni|connect_timeout)$/

/**
 * Returns the connection parameters for this process. Throws ActionError if the string demands what only libpq can do.
 */
export function connectionFromConninfo(conninfo: string): ConnectionParameters {
  const pairs = [...parseDsnText(conninfo)].filter(([key]) => !LEFT_OUT.test(key))
  try {
    return parseDsn(written(pairs), {})
  } catch (error) {
    if (!(error instanceof DsnError)) throw error
    throw new ActionError(
      `pgdeck can't use primary_conninfo of the standby from here: ${error.message}`,
      'Install pg_basebackup on its host, which accepts all parameters.',
    )
  }
}
