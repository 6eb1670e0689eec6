// Runs of other jump hosts, as the servers see them: sessions that hold keys, without a journal and without this host's hint.

import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { openRunLockSession, type RunLockSession } from '../../../src/io/postgres/run-lock-session.ts'
import { packLockToken } from '../../../src/model/runs/lock/lock-key.ts'
import { formatRunName } from '../../../src/model/runs/lock/run-name.ts'
import type { ConnectionParameters } from '../../../src/model/values/connection-parameters.ts'
import { lockCluster } from '../../../src/runtime/runs/locks/cluster-lock.ts'
import type { ClusterLock, LockRequest } from '../../../src/runtime/runs/locks/lock-request.ts'
import type { Acting } from '../../fakes/acting.ts'

export interface Elsewhere {
  readonly user?: string
  /** The database of its connection string. */
  readonly database?: string
  /** Its application_name; default: a run of bob on jump-2. */
  readonly name?: string
}

export const BOB = formatRunName({ user: 'bob', hostname: 'jump-2' }, 'promote', 'standby-2')

export function connectionTo(node: PostgresNode, { user, database }: Elsewhere = {}): ConnectionParameters {
  return parseDsn(`${node.dsn(user, database)}?sslmode=disable`, {})
}

/** A session on that server as a run of another host opens it. */
export function openElsewhere(node: PostgresNode, elsewhere: Elsewhere = {}): Promise<RunLockSession> {
  const { name = BOB } = elsewhere
  return openRunLockSession({ connection: connectionTo(node, elsewhere), passwordCommand: null, name })
}

/** The same, which has the cluster: it is in its second step of eight. */
export async function holdElsewhere(node: PostgresNode, elsewhere: Elsewhere = {}): Promise<RunLockSession> {
  const session = await openElsewhere(node, elsewhere)
  if (!(await session.takeKey(packLockToken({ id: 4711, step: 2, steps: 8 })))) throw new Error('the key is taken')
  return session
}

/** Tries to get the cluster as a run of another host does, which can read these servers. */
export async function lockElsewhere(
  acting: Acting,
  nodes: readonly PostgresNode[],
  elsewhere: Elsewhere & Partial<Pick<LockRequest, 'target' | 'overrideReason' | 'steps' | 'open'>> = {},
): Promise<ClusterLock> {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const { target = null, overrideReason = null, steps = 8, open } = elsewhere
  const all = await acting.look()
  const databases = all.picture.databases.filter(({ id }) => byName.has(id))
  const sight = { ...all, picture: { ...all.picture, databases } }
  return lockCluster({
    clusterView: sight,
    target,
    steps,
    overrideReason: overrideReason,
    refresh: async () => sight,
    say: () => {},
    open:
      open ??
      ((id) => {
        const node = byName.get(id)
        if (!node) throw new Error(`${id} can’t be reached from there`)
        return openElsewhere(node, elsewhere)
      }),
  })
}
