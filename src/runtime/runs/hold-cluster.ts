// Locks a cluster for one run: by advisory locks on its servers, which every pgdeck sees, and by a hint on this host.

import { hostname } from 'node:os'
import type { ActionToolbox } from '../../actions/definition/action.ts'
import { openRunLockSession } from '../../io/postgres/run-lock-session.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { formatRunName } from '../../model/runs/lock/run-name.ts'
import type { Run } from '../../model/runs/run.ts'
import { actionsFor } from '../../profiles/actions.ts'
import { openHostConnections } from '../hosts/host-connections.ts'
import type { ExecutorOptions } from './executor-options.ts'
import { lockCluster } from './locks/cluster-lock.ts'
import { takeHostHint } from './locks/host-lock-hint.ts'
import { overrideHint } from './locks/lock-acquisition.ts'
import { type ClusterLock, RUN_LOCK_CHECK } from './locks/lock-request.ts'
import type { RunLog } from './log/run-log.ts'
import { connectionToEndpoint, currentEndpoint } from './servers/current-basis.ts'
import type { ClusterAccess } from './tools/cluster-access.ts'

export interface ClusterHold {
  readonly lock: ClusterLock
  /** Notes about how the lock was obtained. */
  readonly notes: readonly string[]
  /** The runs that were overruled, as text. */
  readonly overruled: readonly string[]
  /** Never throws. */
  release(): Promise<void>
}

type HoldContext = Pick<ExecutorOptions, 'clusterAccess' | 'folder' | 'principal' | 'actions'>

interface ClusterHoldOptions {
  readonly folder: string
  readonly world: ClusterAccess
  readonly run: Run
  /** The user, as the audit log names him. */
  readonly who: string
  /** Why another run's lock is overruled; null: it is not. */
  readonly overrule: string | null
}

/** Throws ActionError that names the other run and its user while one has the cluster, and if it can't be locked. */
async function holdCluster({ folder, world, run, who, overrule }: ClusterHoldOptions): Promise<ClusterHold> {
  const view = world.view()
  const hint = await takeHostHint(folder, view, { run: run.id, who, overrules: overrule !== null })
  const hostConnections = openHostConnections(world.config().hosts)
  const notes = hint.tookOver === null ? [] : [hint.tookOver]
  const release = async (lock: ClusterLock | null) => {
    await lock?.release()
    await hint.release()
    await hostConnections.close().catch(() => {})
  }
  try {
    if (hint.others.length > 0 && overrule === null)
      throw new ActionError(`another run holds this cluster: ${hint.others.join('; ')}`, overrideHint())
    const name = formatRunName({ user: who, hostname: hostname() }, run.plan.action, run.plan.target?.id ?? null)
    const lock = await lockCluster({
      clusterView: view,
      target: run.plan.target?.id ?? null,
      steps: run.plan.steps.length,
      overrideReason: overrule,
      refresh: () => world.refresh(),
      say: (text) => notes.push(text),
      open(id) {
        const database = world.config().databases.find(({ spec }) => spec.id === id)
        if (!database) throw new ActionError(`${id} is no longer watched`)
        const { passwordCommand, via } = database
        const connection = connectionToEndpoint(id, database.connection, currentEndpoint(world.view(), id))
        return openRunLockSession({ connection, passwordCommand, tunnel: hostConnections.tunnelVia(via), name })
      },
    })
    return { lock, notes, overruled: [...hint.others, ...lock.overruled], release: () => release(lock) }
  } catch (error) {
    await release(null)
    throw error
  }
}

/** Locks the cluster for an action that needs it; null for one that does not. Throws as `holdCluster`. */
export async function holdClusterFor(
  { clusterAccess, folder, principal, actions = actionsFor(clusterAccess.config()) }: HoldContext,
  run: Run,
  overrule: string | null,
): Promise<ClusterHold | null> {
  // An action that this version does not have may do anything, so it needs the lock.
  const holds = actions.find(({ name }) => name === run.plan.action)?.locks ?? 'cluster'
  return holds === 'none' ? null : holdCluster({ folder, world: clusterAccess, run, who: principal.user, overrule })
}

/** The reason given in the plan for overruling another run; null if none. */
export function lockOverrideReason({ checks }: Run['plan']): string | null {
  return checks.find(({ id }) => id === RUN_LOCK_CHECK)?.overridden ?? null
}

/** Journals how the run obtained the lock. */
export async function recordHold(
  runLog: RunLog,
  { writeOutput }: Pick<ActionToolbox, 'writeOutput'>,
  hold: ClusterHold | null,
  reason: string | null,
): Promise<void> {
  for (const note of hold?.notes ?? []) writeOutput(note)
  for (const whom of hold?.overruled ?? [])
    await runLog.append({ type: 'overruled', check: RUN_LOCK_CHECK, reason: reason ?? '', what: whom })
}
