// Which application server runs the schedules: the primary server alone, or the server that acts in its place after a
// promotion. The secondary server runs none.

import type { ClusterSnapshot } from '../measured/snapshot.ts'
import type { DatabaseView, Picture, ServerView } from '../picture/picture.ts'
import { closedRestoreGate } from '../picture/restore-gate.ts'
import type { ScheduleRunner } from '../values/schedule-runner.ts'

/** Returns the server that runs them, or should; null for a cluster without such a server. */
export function scheduleRunner(
  snapshot: ClusterSnapshot,
  servers: readonly ServerView[],
  databases: readonly DatabaseView[],
  previous: Pick<Picture, 'schedules'> | null,
): ScheduleRunner | null {
  const server = designated(snapshot, servers, databases)
  if (!server) return null
  const state = stateOn(server)
  const lastKnown =
    state === 'unknown' ? (previous?.schedules?.lastKnown ?? null) : ({ server: server.id, state } as const)
  return { server: server.id, state, lastKnown }
}

/** A promoted read-only server takes the part of the primary server until the restore. */
function designated(
  snapshot: ClusterSnapshot,
  servers: readonly ServerView[],
  databases: readonly DatabaseView[],
): ServerView | null {
  const acting = closedRestoreGate(snapshot, { databases, servers })?.acting.server ?? null
  return (
    servers.find(({ id }) => id === acting) ??
    // Another pgdeck may have promoted it: a read-only server that takes writes acts as the primary one.
    servers.find(({ type, access }) => type === 'read-only' && access === 'read-write') ??
    servers.find(({ type }) => type === 'primary') ??
    null
  )
}

/** A server that can't write runs nothing: its schedules would fail. */
function stateOn({ status, access }: ServerView): ScheduleRunner['state'] {
  if (status === 'unknown' || access === null) return 'unknown'
  return access === 'read-write' || access === 'read-write-no-resets' ? 'run' : 'stopped'
}

/** One sentence for people. `nameOf`: the display name of a server. */
export function schedulesText({ server, state }: ScheduleRunner, nameOf: (id: string) => string): string {
  const name = nameOf(server)
  if (state === 'run') return `schedules run on ${name}`
  if (state === 'unknown') return `whether schedules run is unknown: ${name} alone runs them`
  return `no server runs the schedules: ${name} alone runs them`
}
