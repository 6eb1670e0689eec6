// Takes the locks of a run on several servers, all or none, against other runs that start at the same moment.

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

/** A server with the session that holds its lock, or will hold it. */
export interface LockedServer {
  readonly server: LockServer
  readonly session: RunLockSession
}

/** Another holder of the cluster, and the server that shows it. */
export interface OtherHolder {
  readonly holder: LockHolder
  readonly lockedServer: LockedServer
}

/** Whether a holder was overruled, so that its locks no longer count. */
export type IsIgnoredHolder = (held: LockedServer, holder: LockHolder) => boolean

export type LockOutcome =
  | { readonly kind: 'held'; readonly id: number }
  | { readonly kind: 'taken'; readonly rivals: readonly OtherHolder[] }

/** How long two simultaneous runs try to find an order before both are refused. */
const LIMIT_MS = 10_000
/** How long the first of two runs waits for the other to withdraw. */
const YIELDS_WITHIN_MS = 2_000
const LOOK_AGAIN_MS = 60
const SHORTEST_REST_MS = 80
const LONGEST_REST_MS = 700

/**
 * Takes a lock on each server in the given order and reads the other holders there. It succeeds only if there are none.
 * If two runs see each other before either has the cluster, the one with the lower number stays and waits; the other
 * withdraws and tries again. A run has the cluster only after it took its locks and saw no other holder. So two runs
 * can't both have it as long as they share one server. Throws FaultError.
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
    const attempt = await tryLocks(all, key, taken, ignored)
    if (attempt.kind === 'clear') {
      const last = packLockToken({ id, step: 0, steps })
      const kept = await Promise.all(taken.map(({ session }) => session.takeKey(last)))
      if (kept.every((each) => each)) return { kind: 'held', id }
    }
    await Promise.all(taken.map(({ session }) => session.giveBack()))
    if (attempt.kind === 'taken') return attempt
    if (performance.now() > until) return { kind: 'taken', rivals: attempt.kind === 'contest' ? attempt.rivals : [] }
    await pause(SHORTEST_REST_MS + randomInt(LONGEST_REST_MS))
  }
}

type AttemptResult =
  | { readonly kind: 'clear' }
  /** Another run has the cluster. */
  | { readonly kind: 'taken'; readonly rivals: readonly OtherHolder[] }
  /** Another run wants it too, and has precedence. */
  | { readonly kind: 'contest'; readonly rivals: readonly OtherHolder[] }
  /** Another run has the same random key. */
  | { readonly kind: 'clash' }

/** `taken` receives the servers whose lock was taken. */
async function tryLocks(
  all: readonly LockedServer[],
  key: number,
  taken: LockedServer[],
  ignored: IsIgnoredHolder,
): Promise<AttemptResult> {
  for (const held of all) {
    if (!(await held.session.takeKey(key))) return { kind: 'clash' }
    taken.push(held)
    const attempt = await awaitSoleHolder(held, unpackLockToken(key).id, ignored)
    if (attempt.kind !== 'clear') return attempt
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

/** Returns the other holders there that count. */
export async function otherHoldersAt(held: LockedServer, ignored: IsIgnoredHolder): Promise<readonly LockHolder[]> {
  return (await held.session.otherHolders()).filter((holder) => !ignored(held, holder))
}

/** Returns all runs that have the cluster, on any of these servers. A run that only tries to get it does not count. */
export async function allOtherHolders(
  all: readonly LockedServer[],
  ignored: IsIgnoredHolder,
): Promise<readonly OtherHolder[]> {
  const holders = await Promise.all(
    all.map(async (held) =>
      (await otherHoldersAt(held, ignored)).map((holder): OtherHolder => ({ holder, lockedServer: held })),
    ),
  )
  return holders.flat().filter(({ holder }) => holdsClusterLock(holder))
}

/** Locks a server that is added later, while the run has the others: runs that only try there yield to it. */
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

/** Ends the sessions of the other holders if they are pgdeck's and this role may do it: so those runs notice. */
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

/** Another run has the cluster. */
export function clusterLockedError(rivals: readonly OtherHolder[]): ActionError {
  const who = rivals.length === 0 ? '' : `: ${otherHoldersText(rivals)}`
  return new ActionError(`another run holds this cluster${who}`, overrideHint())
}

export function overrideHint(): string {
  return `Wait until it has ended. If it is not a run, or must not continue: --override ${RUN_LOCK_CHECK}=REASON; pgdeck then terminates its session, and records the reason.`
}
