// Takes the keys of a run on several servers, all or none, against others who want the same at this moment.

import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { RunLockSession } from '../../../io/postgres/run-lock-session.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import { holdsClusterLock, type LockHolder, lockHoldersText } from '../../../model/runs/lock/cluster-run.ts'
import { LOCK_ID_COUNT, packLockToken, unpackLockToken } from '../../../model/runs/lock/lock-key.ts'
import { parseRunName } from '../../../model/runs/lock/run-name.ts'
import { messageOf } from '../../../model/values/fault.ts'
import { RUN_LOCK_CHECK } from './lock-request.ts'
import type { LockServer } from './lock-servers.ts'

/** A server with the session that holds it, or is about to. */
export interface LockedServer {
  readonly server: LockServer
  readonly session: RunLockSession
}

/** Somebody who has the cluster, and where that was seen. */
export interface OtherHolder {
  readonly holder: LockHolder
  readonly lockedServer: LockedServer
}

/** Whose keys count no longer: they were overruled. */
export type IsIgnoredHolder = (held: LockedServer, holder: LockHolder) => boolean

export type LockOutcome =
  | { readonly kind: 'held'; readonly id: number }
  | { readonly kind: 'taken'; readonly rivals: readonly OtherHolder[] }

/** So long two who come at the same moment are told apart before both are sent away. */
const LIMIT_MS = 10_000
/** Whoever comes first of two waits so long for the other one to withdraw. */
const YIELDS_WITHIN_MS = 2_000
const LOOK_AGAIN_MS = 60
const SHORTEST_REST_MS = 80
const LONGEST_REST_MS = 700

/**
 * Takes a key on each server in the order given, looks there who else has one, and goes on only where nobody has. Of two
 * that see each other before either has the cluster, the one with the lower number stays and waits, and the other one
 * withdraws and comes back. Nobody has the cluster who has not seen, after taking his keys, that no other one is there:
 * two can't both have it as long as they have one server in common. Throws FaultError.
 */
export async function acquireLocks(
  all: readonly LockedServer[],
  steps: number,
  ignored: IsIgnoredHolder,
): Promise<LockOutcome> {
  const until = performance.now() + LIMIT_MS
  for (;;) {
    const id = randomInt(LOCK_ID_COUNT)
    const taken: LockedServer[] = []
    const key = packLockToken({ id, step: 0, steps: 0 })
    const found = await tryLocks(all, key, taken, ignored)
    if (found.kind === 'clear') {
      const last = packLockToken({ id, step: 0, steps })
      const kept = await Promise.all(taken.map(({ session }) => session.takeKey(last)))
      if (kept.every((each) => each)) return { kind: 'held', id }
    }
    await Promise.all(taken.map(({ session }) => session.giveBack()))
    if (found.kind === 'taken') return found
    if (performance.now() > until) return { kind: 'taken', rivals: found.kind === 'contest' ? found.rivals : [] }
    await pause(SHORTEST_REST_MS + randomInt(LONGEST_REST_MS))
  }
}

type AttemptResult =
  | { readonly kind: 'clear' }
  /** Somebody has the cluster. */
  | { readonly kind: 'taken'; readonly rivals: readonly OtherHolder[] }
  /** Somebody else wants it too, and is first. */
  | { readonly kind: 'contest'; readonly rivals: readonly OtherHolder[] }
  /** Somebody has the very key that was drawn. */
  | { readonly kind: 'clash' }

/** `taken` gets the servers whose key was taken. */
async function tryLocks(
  all: readonly LockedServer[],
  key: number,
  taken: LockedServer[],
  ignored: IsIgnoredHolder,
): Promise<AttemptResult> {
  for (const held of all) {
    if (!(await held.session.takeKey(key))) return { kind: 'clash' }
    taken.push(held)
    const found = await awaitSoleHolder(held, unpackLockToken(key).id, ignored)
    if (found.kind !== 'clear') return found
  }
  return { kind: 'clear' }
}

async function awaitSoleHolder(held: LockedServer, id: number, ignored: IsIgnoredHolder): Promise<AttemptResult> {
  const until = performance.now() + YIELDS_WITHIN_MS
  for (;;) {
    const rivals = (await otherHoldersAt(held, ignored)).map((holder) => ({ holder, lockedServer: held }))
    const having = rivals.filter(({ holder }) => holdsClusterLock(holder))
    if (having.length > 0) return { kind: 'taken', rivals: having }
    if (rivals.length === 0) return { kind: 'clear' }
    const isFirst = rivals.every(({ holder }) => id < unpackLockToken(holder.objid).id)
    if (!isFirst || performance.now() > until) return { kind: 'contest', rivals }
    await pause(LOOK_AGAIN_MS)
  }
}

/** Who else holds a key there, and counts. */
export async function otherHoldersAt(held: LockedServer, ignored: IsIgnoredHolder): Promise<readonly LockHolder[]> {
  return (await held.session.otherHolders()).filter((holder) => !ignored(held, holder))
}

/** All who have the cluster, on whatever server of these; who only tries to get it is none of them. */
export async function allOtherHolders(
  all: readonly LockedServer[],
  ignored: IsIgnoredHolder,
): Promise<readonly OtherHolder[]> {
  const found = await Promise.all(
    all.map(async (held) =>
      (await otherHoldersAt(held, ignored)).map((holder): OtherHolder => ({ holder, lockedServer: held })),
    ),
  )
  return found.flat().filter(({ holder }) => holdsClusterLock(holder))
}

/** A server that is joined later, while the run has the others: those who only try there give way to it. */
export async function lockLateServer(
  held: LockedServer,
  id: number,
  now: number,
  ignored: IsIgnoredHolder,
): Promise<readonly OtherHolder[]> {
  const key = packLockToken({ id, step: 0, steps: 0 })
  if (!(await held.session.takeKey(key))) throw new Error('another session holds the same lock key')
  const having = (await otherHoldersAt(held, ignored))
    .filter(holdsClusterLock)
    .map((holder) => ({ holder, lockedServer: held }))
  if (having.length === 0) await held.session.takeKey(now)
  return having
}

/** Ends the sessions of those who have the cluster, as far as they are pgdeck's and this role may: so they learn of it. */
export async function endOtherHolders(rivals: readonly OtherHolder[], say: (text: string) => void): Promise<void> {
  for (const { holder, lockedServer } of rivals) {
    if (parseRunName(holder.application) === null) continue
    try {
      await lockedServer.session.endOther(holder.pid)
    } catch (error) {
      say(`process ${holder.pid} on ${lockedServer.server.name} still runs: ${messageOf(error)}`)
    }
  }
}

export function otherHoldersText(rivals: readonly OtherHolder[]): string {
  return lockHoldersText(rivals.map(({ holder, lockedServer }) => ({ holder, server: lockedServer.server.name })))
}

/** Somebody else has the cluster. */
export function clusterLockedError(rivals: readonly OtherHolder[]): ActionError {
  const who = rivals.length === 0 ? '' : `: ${otherHoldersText(rivals)}`
  return new ActionError(`another run holds this cluster${who}`, overrideHint())
}

export function overrideHint(): string {
  return `Wait until it has ended. If it is not a run, or must not continue: --override ${RUN_LOCK_CHECK}=REASON; pgdeck then terminates its session, and records the reason.`
}
