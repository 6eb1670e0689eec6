// A run that has a cluster, as every pgdeck sees it: by the advisory locks of its sessions.

import { type LockToken, unpackLockToken } from './lock-key.ts'
import { parseRunName, type RunName } from './run-name.ts'

/** One session that holds a key of the system on one server. */
export interface LockHolder {
  readonly pid: number
  readonly role: string | null
  readonly application: string
  /** null: a Unix socket, or hidden from this role. */
  readonly address: string | null
  /** When the session started, in milliseconds since the epoch by the server's clock; null if hidden. */
  readonly startedAt: number | null
  /** pg_locks.objid. */
  readonly objid: number
}

/** A run with all the sessions by which it holds the cluster. */
export interface ClusterRun extends RunName {
  readonly step: number
  readonly steps: number
  /** By the clock of this host; null: hidden. */
  readonly startedAt: number | null
  /** Its sessions, in the order of the databases. */
  readonly sessions: readonly {
    readonly databaseId: string
    readonly pid: number
    readonly role: string | null
    readonly address: string | null
  }[]
}

/** Whether a holder has the cluster, or only tries to get it. A session that is no run of pgdeck counts as a holder. */
export function holdsClusterLock({ application, objid }: Pick<LockHolder, 'application' | 'objid'>): boolean {
  return parseRunName(application) === null || unpackLockToken(objid).steps > 0
}

/** Returns the runs that hold a cluster, by the readings of its databases. Sessions with other names are no runs. */
export function clusterRuns(
  readings: readonly { readonly id: string; readonly holders: readonly LockHolder[] }[],
): readonly ClusterRun[] {
  const runs = new Map<string, ClusterRun>()
  for (const { id: databaseId, holders } of readings) {
    for (const holder of holders) {
      const name = parseRunName(holder.application)
      const token = unpackLockToken(holder.objid)
      if (name === null || token.steps === 0) continue
      const key = `${token.id} ${holder.application}`
      const { pid, role, address } = holder
      runs.set(key, joined(runs.get(key), name, token, holder.startedAt, { databaseId, pid, role, address }))
    }
  }
  return [...runs.values()]
}

function joined(
  run: ClusterRun | undefined,
  name: RunName,
  { step, steps }: LockToken,
  startedAt: number | null,
  session: ClusterRun['sessions'][number],
): ClusterRun {
  if (!run) return { ...name, step, steps, startedAt, sessions: [session] }
  const began = [run.startedAt, startedAt].filter((at) => at !== null)
  return {
    ...run,
    // If two readings differ, the later step is the newer one.
    step: Math.max(run.step, step),
    startedAt: began.length === 0 ? null : Math.min(...began),
    sessions: [...run.sessions, session],
  }
}

/** `ann@jump-1 runs promote db-ro`. */
export function runSummary({ by, action, target }: RunName): string {
  return `${by} runs ${action}${target === null ? '' : ` ${target}`}`
}

/** `step 2 of 8`. */
export function runProgressText({ step, steps }: Pick<ClusterRun, 'step' | 'steps'>): string {
  return step === 0 ? `none of ${steps} steps begun` : `step ${step} of ${steps}`
}

/** `ann@jump-1 runs promote db-ro, step 2 of 8`. */
export function runText(run: Pick<ClusterRun, 'step' | 'steps'> & RunName): string {
  return `${runSummary(run)}, ${runProgressText(run)}`
}

/** Names the holders by process id, role, application and address. Each run is named once. */
export function lockHoldersText(holders: readonly { readonly holder: LockHolder; readonly server: string }[]): string {
  const runs = new Map<string, string[]>()
  for (const { holder, server } of holders) {
    const name = parseRunName(holder.application)
    const who =
      name === null ? `a session named "${holder.application}"` : runText({ ...name, ...unpackLockToken(holder.objid) })
    const from = holder.address ?? 'a hidden address'
    const place = `process ${holder.pid} of role ${holder.role ?? '?'} on ${server}, from ${from}`
    runs.set(who, [...(runs.get(who) ?? []), place])
  }
  return [...runs].map(([who, places]) => `${who} (${places.join('; ')})`).join('; ')
}
