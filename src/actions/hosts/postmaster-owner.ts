// Whose server the postmaster in a data directory is: what its file says, held against the servers that were read.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { isSameServer, type ServerIdentity } from '../../model/measured/server-identity.ts'
import type { Postmaster } from '../../model/measured/server-on-host.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { ActionToolbox } from '../definition/action.ts'

/** Whose server it is: `unclear` between that of the database and another one's. */
export type PostmasterOwner =
  | { readonly kind: 'own' }
  | { readonly kind: 'other'; readonly name: string }
  | { readonly kind: 'unclear'; readonly name: string }

/** Between what the file says and pg_postmaster_start_time() it reads its settings and loads its libraries. */
const STARTS_WITHIN_SECONDS = 600
/** Two that were started within so many seconds can't be told apart by that. */
const APART_SECONDS = 2
const LIMIT_MS = 4_000
const OWN_PROCESSES = `SELECT a.pid FROM pg_catalog.pg_stat_activity a
  WHERE a.backend_type OPERATOR(pg_catalog.<>) 'client backend' OR a.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()`

/**
 * Whose server it is, among the databases that were read just now. Most listen on the same port: where another one could
 * be it too, whose processes are its children decides, and the moment of its start where the host can't tell that.
 */
export async function postmasterOwner(
  postmaster: Postmaster,
  view: DatabaseView,
  reach: HostConnection,
  tools: ActionToolbox,
): Promise<PostmasterOwner> {
  const owner = postmasterOwnerByStart(postmaster, view, tools.view().picture.databases)
  if (owner.kind === 'own' || view.problem !== null) return owner
  const isChild = await hasChildren(postmaster, view.id, reach, tools).catch(() => null)
  if (isChild === null) return owner
  return isChild ? { kind: 'own' } : { kind: 'other', name: owner.name }
}

/** The same by the moment of the start alone. */
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
    // Nothing is known of one that was never read: both may have been started at the same time.
    const isCertain = view.identity !== null && (own === null || its + APART_SECONDS < own)
    return { kind: isCertain ? 'other' : 'unclear', name }
  }
  return { kind: 'own' }
}

/** How many seconds lie between both; null where they can't be of one server. */
function distance(postmaster: Postmaster, identity: ServerIdentity): number | null {
  const later = secondsOf(identity) - (postmaster.startedAt ?? Number.NaN)
  const isPossible =
    (postmaster.port ?? identity.port) === identity.port && later >= -1 && later <= STARTS_WITHIN_SECONDS
  return isPossible ? Math.abs(later) : null
}

function secondsOf({ postmasterStart }: ServerIdentity): number {
  return Number(BigInt(postmasterStart) / 1000n) / 1000
}

/** null where the host can't tell: a container has process ids of its own. */
async function hasChildren(
  { pid }: Postmaster,
  database: string,
  reach: HostConnection,
  tools: ActionToolbox,
): Promise<boolean | null> {
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(LIMIT_MS)])
  const itself = await reach.run(['ps', '-p', String(pid), '-o', 'args='], { signal })
  if (!/postgres|postmaster/.test(itself.stdout)) return null
  const rows = await tools.sql<{ pid: number }>(database, { text: OWN_PROCESSES, limitMs: LIMIT_MS })
  if (rows.length === 0) return null
  const { stdout } = await reach.run(['ps', '-p', rows.map((row) => row.pid).join(','), '-o', 'ppid='], { signal })
  return stdout.split('\n').some((line) => Number(line.trim()) === pid)
}
