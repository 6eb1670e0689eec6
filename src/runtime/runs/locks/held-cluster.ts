// The lock of a running run: it is verified before each step.

import type { PlanningView } from '../../../actions/definition/action.ts'
import type { ServerLock } from '../../../io/postgres/server-identity.ts'
import { holdsClusterLock, type LockHolder } from '../../../model/runs/lock/cluster-run.ts'
import { packLockToken } from '../../../model/runs/lock/lock-key.ts'
import { messageOf } from '../../../model/values/fault.ts'
import {
  type IsIgnoredHolder,
  type LockedServer,
  lockLateServer,
  type OtherHolder,
  otherHoldersAt,
  otherHoldersText,
} from './lock-acquisition.ts'
import type { ClusterLock, LockCheckpoint, LockRequest } from './lock-request.ts'
import { serversToLock } from './lock-servers.ts'
import { closeLockSessions, isServerLocked, openLockSession } from './lock-sessions.ts'

export interface HeldClusterState {
  readonly request: LockRequest
  readonly held: readonly LockedServer[]
  readonly id: number
  readonly isIgnored: IsIgnoredHolder
  readonly overruled: readonly string[]
}

export class HeldCluster implements ClusterLock {
  readonly overruled: readonly string[]
  readonly #request: LockRequest
  readonly #id: number
  readonly #isIgnored: IsIgnoredHolder
  #held: readonly LockedServer[]
  #step = 0
  #lost: string | null = null

  constructor({ request, held, id, isIgnored, overruled }: HeldClusterState) {
    this.overruled = overruled
    this.#request = request
    this.#held = held
    this.#id = id
    this.#isIgnored = isIgnored
  }

  async keep({ clusterView, step, restarted }: LockCheckpoint): Promise<string | null> {
    this.#step = step
    const verdicts = await Promise.all(this.#held.map((held) => this.#look(held)))
    const lost = verdicts.filter(({ why }) => why !== null)
    this.#held = verdicts.flatMap(({ held, why }) => (why === null ? [held] : []))
    await closeLockSessions(lost.map(({ held }) => held))
    const unforeseen = lost.filter(({ held }) => !isRestartedByRun(held, restarted))
    if (unforeseen.length > 0)
      this.#lost ??= `the lock of this run was lost: ${unforeseen.map(({ held, why }) => `${held.server.name}: ${why}`).join('; ')}`
    const rivals = verdicts.flatMap((each) => each.rivals)
    if (rivals.length > 0) return `another run holds this cluster: ${otherHoldersText(rivals)}`
    return this.#lost ?? (await this.#joinOthers(clusterView))
  }

  lostBy(restarted: ReadonlySet<string>): string | null {
    const ended = this.#held.filter((held) => !held.session.isAlive() && !isRestartedByRun(held, restarted))
    if (ended.length > 0)
      this.#lost ??= `the lock of this run was lost: ${ended.map(({ server }) => `${server.name}: its session has ended`).join('; ')}`
    return this.#lost
  }

  holdingOn(database: string): ServerLock | null {
    const session = this.#held.find(({ server }) => server.ids.includes(database))?.session
    return session ? { identity: session.identity, pid: session.pid } : null
  }

  async release(): Promise<void> {
    await closeLockSessions(this.#held)
    this.#held = []
  }

  #key(): number {
    return packLockToken({ id: this.#id, step: this.#step, steps: this.#request.steps })
  }

  /** Checks whether this session still holds that server, and who else does. */
  async #look(held: LockedServer) {
    const nobody: readonly OtherHolder[] = []
    try {
      if (!held.session.isAlive()) throw new Error('its session has ended')
      await held.session.takeKey(this.#key())
      const rivals = (await otherHoldersAt(held, this.#isIgnored)).filter(holdsClusterLock)
      return {
        held,
        why: null,
        rivals: rivals.map((holder: LockHolder): OtherHolder => ({ holder, lockedServer: held })),
      }
    } catch (error) {
      return { held, why: messageOf(error), rivals: nobody }
    }
  }

  /** Locks servers that became readable. Returns a text naming another holder, or null. */
  async #joinOthers(view: PlanningView): Promise<string | null> {
    const { target, open, say } = this.#request
    for (const place of serversToLock(view, target).filter((each) => !isServerLocked(this.#held, each))) {
      let held: LockedServer | null = null
      try {
        held = await openLockSession(place, open)
        const rivals = await lockLateServer(held, this.#id, this.#key(), this.#isIgnored)
        if (rivals.length === 0) {
          this.#held = [...this.#held, held]
          held = null
          continue
        }
        return `another run holds this cluster: ${otherHoldersText(rivals)}`
      } catch (error) {
        say(`this run has no lock on ${place.name}: ${messageOf(error)}`)
      } finally {
        await held?.session.close()
      }
    }
    return null
  }
}

function isRestartedByRun({ server }: LockedServer, restarted: ReadonlySet<string>): boolean {
  return server.ids.some((id) => restarted.has(id))
}
