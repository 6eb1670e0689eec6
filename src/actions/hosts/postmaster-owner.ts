// Decides which configured server the postmaster in a data directory is: compares its pid file with the servers that
// were read.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { isSameServer, type ServerIdentity } from '../../model/measured/server-identity.ts'
import type { Postmaster } from '../../model/measured/server-on-host.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** Whose server it is. `unclear`: that of the database or another one. */
export type PostmasterOwner =
  | { readonly kind: 'own' }
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'unclear'; readonly name: string }

/**
 * The postmaster reads its settings and loads its libraries between writing the file and pg_postmaster_start_time().
 */
const STARTS_WITHIN_SECONDS = 600
/** Start times that differ by less than this many seconds can't be distinguished. */
const APART_SECONDS = 2
const LIMIT_MS = 4_000
const OWN_PROCESSES = `SELECT a.pid FROM pg_catalog.pg_stat_activity a
  WHERE a.backend_type OPERATOR(pg_catalog.<>) 'client backend' OR a.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()`

/**
 * Returns whose server it is, among the databases with fresh readings. Most servers listen on the same port. If another
 * one matches too, processes decide: the postmaster belongs to `view` if that server's processes are its children. If the
 * host can't tell, the start time decides.
 */
export async function postmasterOwner(
  postmaster: Postmaster,
  view: DatabaseView,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<PostmasterOwner> {
  const owner = postmasterOwnerByStart(postmaster, view, tools.view().picture.databases)
  if (owner.kind === 'own' || view.problem !== null) return owner
  const isChild = await hasChildren(postmaster, view.id, connection, tools).catch(() => null)
  if (isChild === null) return owner
  return isChild ? { kind: 'own' } : { kind: 'other', name: owner.name }
}

/** The same by the start time alone. */
export function postmasterOwnerByStart(
  postmaster: Postmaster,
  view: DatabaseView,
  databases: readonly DatabaseView[],
): PostmasterOwner {
  const own = view.identity ? distance(postmaster, view.identity) : null
  for (const { id, name, problem, identity } of databases) {
    if (id === view.id || problem !== null || !identity) continue
    if (view.identity && isSameServer(identity, view.identity)) continue
    const its = distance(postmaster, identity)
    if (its === null || (own !== null && own + APART_SECONDS < its)) continue
    // Nothing is known of a server that was never read: both may have been started at the same time.
    const isCertain = view.identity !== null && (own === null || its + APART_SECONDS < own)
    return { kind: isCertain ? 'other' : 'unclear', name }
  }
  return { kind: 'own' }
}

/** Returns the seconds between the two start times; null if they can't be of one server. */
function distance(postmaster: Postmaster, identity: ServerIdentity): number | null {
  const later = secondsOf(identity) - (postmaster.startedAt ?? Number.NaN)
  const isPossible =
    (postmaster.port ?? identity.port) === identity.port && later >= -1 && later <= STARTS_WITHIN_SECONDS
  return isPossible ? Math.abs(later) : null
}

function secondsOf({ postmasterStart }: ServerIdentity): number {
  return Number(BigInt(postmasterStart) / 1000n) / 1000
}

/** null if the host can't tell: a container has its own process ids. */
async function hasChildren(
  { pid }: Postmaster,
  database: string,
  connection: HostConnection,
  tools: ActionToolbox,
): Promise<boolean | null> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const itself = await connection.run(['ps', '-p', String(pid), '-o', 'args='], { signal })
  if (!/postgres|postmaster/.test(itself.stdout)) return null
  const rows = await tools.sql<{ pid: number }>(database, { text: OWN_PROCESSES, limitMs: LIMIT_MS })
  if (rows.length === 0) return null
  const { stdout } = await connection.run(['ps', '-p', rows.map((row) => row.pid).join(','), '-o', 'ppid='], { signal })
  return stdout.split('\n').some((line) => Number(line.trim()) === pid)
}
