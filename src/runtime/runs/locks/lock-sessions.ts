// The sessions that lock a cluster for a run: one with each readable server.

import { setTimeout as pause } from 'node:timers/promises'
import type { PlanningView } from '../../../actions/definition/action.ts'
import { isSameServer, serverIdentityText } from '../../../model/measured/server-identity.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { messageOf } from '../../../model/values/fault.ts'
import type { LockedServer } from './lock-acquisition.ts'
import { type LockRequest, RUN_LOCK_CHECK } from './lock-request.ts'
import { type LockServer, serversToLock, unreadableServers } from './lock-servers.ts'

/** How long servers may restart before a run that wants them is refused. */
export const RESTARTS_WITHIN_MS = 10_000
const LOOK_AGAIN_MS = 300

/** Opens a session with each readable server. Fails if one of them can be read but not locked. */
export async function openLockSessions(request: LockRequest): Promise<readonly LockedServer[]> {
  const { clusterView: first, refresh, target, say, overrideReason } = request
  const held: LockedServer[] = []
  try {
    const until = performance.now() + RESTARTS_WITHIN_MS
    let left = await openEach(serversToLock(first, target), held, request)
    let now = first
    // A server that died meanwhile can't be locked, and one that was restarted is another server: a manager that changes the
    // roles restarts one after the other.
    for (let isLast = left.length === 0; !isLast; ) {
      now = await refresh()
      const again = serversToLock(now, target).filter((place) => !isServerLocked(held, place))
      left = await openEach(again, held, request)
      isLast = left.length === 0 || overrideReason !== null || performance.now() > until
      if (!isLast) await pause(LOOK_AGAIN_MS)
    }
    const words = left.map(({ place, why }) => `${place.name}: ${why}`).join('; ')
    if (left.length > 0 && overrideReason === null)
      throw new ActionError(
        `this run can’t lock the cluster: ${words}`,
        `Other runs could act there meanwhile. To accept that: --override ${RUN_LOCK_CHECK}=REASON.`,
      )
    if (left.length > 0) say(`not locked for this run, because an operator overruled it: ${words}`)
    for (const { server, session } of held) {
      if (!session.countsForOthers)
        say(
          `${server.name}: runs by other roles ignore this lock, as its role can’t act there; GRANT pg_monitor to that role to change this`,
        )
    }
    const unread = unreadableServers(now, target)
    if (unread.length > 0) say(`not locked for this run, because pgdeck can’t read it: ${unread.join(', ')}`)
    return held.toSorted((one, other) => orderIn(now, target, one) - orderIn(now, target, other))
  } catch (error) {
    await closeLockSessions(held)
    throw error
  }
}

function orderIn(view: PlanningView, target: string | null, { server }: LockedServer): number {
  return serversToLock(view, target).findIndex(({ identity }) => isSameServer(identity, server.identity))
}

export function isServerLocked(held: readonly LockedServer[], { identity }: LockServer): boolean {
  return held.some(({ server }) => isSameServer(server.identity, identity))
}

/** Adds to `held` what could be opened, and returns the rest. */
async function openEach(places: readonly LockServer[], held: LockedServer[], { open }: Pick<LockRequest, 'open'>) {
  const outcomes = await Promise.all(
    places.map(async (place) => {
      try {
        held.push(await openLockSession(place, open))
        return null
      } catch (error) {
        return { place, why: messageOf(error) }
      }
    }),
  )
  return outcomes.filter((each) => each !== null)
}

/**
 * Connects by the first database that leads directly to the server. Throws if none does, or if another server answers.
 */
export async function openLockSession(place: LockServer, open: LockRequest['open']): Promise<LockedServer> {
  let first: unknown = null
  for (const id of place.ids) {
    try {
      const session = await open(id)
      if (isSameServer(session.identity, place.identity)) return { server: place, session }
      await session.close()
      throw new Error(
        `another server answers than the one that pgdeck read: ${serverIdentityText(session.identity)}, not ${serverIdentityText(place.identity)}`,
      )
    } catch (error) {
      first ??= error
    }
  }
  throw first ?? new Error('no dsn of the configuration leads there')
}

export async function closeLockSessions(held: readonly LockedServer[]): Promise<void> {
  await Promise.allSettled(held.map(({ session }) => session.close()))
}
