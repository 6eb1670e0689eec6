// Waits until no standby is connected to a primary that may live. A connection outlives a host that lost its power.

import { isSameSystem } from '../../model/measured/server-identity.ts'
import { isReadableStandby, standbyPositionOf } from '../../model/picture/roles.ts'
import {
  type ConnectedReceiver,
  connectedReceivers,
  receiverText,
} from '../../model/replication/connected-receivers.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { formatSeconds } from '../../model/values/units.ts'
import type { ActionToolbox, PlanningView, PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { findDatabase } from '../definition/target.ts'
import { type DataDirectoryPlace, postmasterStateOn } from '../hosts/postmaster.ts'

/** The id of the check, for `--override`: promote although a walreceiver is connected. */
const RECEIVER_ENDED_CHECK = 'receiver-ended'

const LOOK_MS = 500
/** How often the wait reports its progress. */
const SAY_MS = 5_000
/** The time that a standby needs beyond its timeout to notice, and pgdeck to read that. */
const MARGIN_MS = 10_000
/** Defaults of the two settings, for a standby that can't be read now. */
const TIMES = { timeout: 60, retry: 5 } as const

type Times = { readonly timeout: number; readonly retry: number }

const TIMES_SQL = `SELECT
  extract(epoch FROM pg_catalog.current_setting('wal_receiver_timeout')::pg_catalog.interval)::pg_catalog.float8 AS timeout,
  extract(epoch FROM pg_catalog.current_setting('wal_retrieve_retry_interval')::pg_catalog.interval)::pg_catalog.float8 AS retry`

/** Returns `wal_receiver_timeout` (0: off) and `wal_retrieve_retry_interval` of a standby, in seconds. */
async function receiverTimeouts(standby: string, tools: ActionToolbox): Promise<Times> {
  const [row] = await tools.sql<Times>(standby, { text: TIMES_SQL }).catch(() => [])
  return row ?? TIMES
}

/**
 * Resolves when no readable standby of the target's system is connected to anything but a known standby, and none
 * reconnects; or if the user overruled the check `receiver-ended` with a reason. Throws ActionError if a walreceiver
 * still gets messages, or if the wait would never end: a living server answers a walreceiver at half of its timeout at
 * the latest. `at`: the host of the old primary.
 */
export async function requireReceiversEnded(
  targetId: string,
  at: DataDirectoryPlace,
  tools: ActionToolbox,
): Promise<void> {
  const reason = tools.overrideReason(RECEIVER_ENDED_CHECK)
  if (reason !== null) return tools.writeOutput(`${RECEIVER_ENDED_CHECK} was overruled: ${reason}`)
  await awaitEnd(targetId, tools)
  const there = await postmasterStateOn(at, tools)
  // If its host reports that it does not run, no walreceiver can reconnect.
  if (there === null || there === 'running') await awaitStayingAway(targetId, tools)
}

async function awaitEnd(targetId: string, tools: ActionToolbox): Promise<void> {
  const timeouts = new Map<string, number>()
  const heard = new Map<string, ReceiverState>()
  let until = Number.NEGATIVE_INFINITY
  let reportedAt = Number.NEGATIVE_INFINITY
  for (;;) {
    const clusterView = await tools.refresh()
    const connected = connectedNow(clusterView, targetId)
    if (connected.length === 0) return
    for (const each of connected) {
      if (!timeouts.has(each.standbyId)) {
        const timeout = await finiteTimeout(each, tools)
        timeouts.set(each.standbyId, timeout)
        until = Math.max(until, performance.now() + timeout * 1000 + MARGIN_MS)
      }
      requireSilence(each, heard, clusterView)
    }
    if (performance.now() > until) throw refused(connected, 'it did not end by itself')
    if (performance.now() - reportedAt > SAY_MS) {
      reportedAt = performance.now()
      for (const each of connected) tools.writeOutput(countdown(each, timeouts.get(each.standbyId) ?? TIMES.timeout))
    }
    await tools.wait(LOOK_MS)
  }
}

/** Its `wal_receiver_timeout` in seconds; throws ActionError where it has none. */
async function finiteTimeout(receiver: ConnectedReceiver, tools: ActionToolbox): Promise<number> {
  const { timeout } = await receiverTimeouts(receiver.standbyId, tools)
  if (timeout === 0) throw refused([receiver], 'wal_receiver_timeout is 0 there, so it never ends by itself')
  return timeout
}

function connectedNow(clusterView: PlanningView, targetId: string): readonly ConnectedReceiver[] {
  return connectedReceivers(clusterView.picture, findDatabase(clusterView, targetId)?.systemIdentifier ?? null)
}

/** The state of a walreceiver at the previous reading. */
interface ReceiverState {
  readonly at: number
  /** When the answer arrived, and how long the request took, in milliseconds. */
  readonly readAt: number
  readonly roundTripMs: number
  readonly silenceSeconds: number | null
  readonly position: string
}

/** The time since the last message grows with the clock. If it does not, a living server has sent one. */
function requireSilence(each: ConnectedReceiver, heard: Map<string, ReceiverState>, clusterView: PlanningView): void {
  const view = findDatabase(clusterView, each.standbyId)
  const { receivedLsn = null, receiver = null } = (view && standbyPositionOf(view)) ?? {}
  const now: ReceiverState = {
    at: performance.now(),
    readAt: view?.readAt ?? 0,
    roundTripMs: view?.pulse?.roundTripMs ?? 0,
    silenceSeconds: each.lastMessageAgeSeconds,
    position: [receivedLsn, receiver?.flushedLsn, receiver?.latestEndLsn].join(' '),
  }
  const before = heard.get(each.standbyId)
  heard.set(each.standbyId, now)
  if (!before) return
  const least = (before.silenceSeconds ?? 0) + elapsedMs(before, now) / 2000
  const isFresh = before.silenceSeconds !== null && now.silenceSeconds !== null && now.silenceSeconds < least
  if (isFresh || now.position !== before.position) throw refused([each], 'messages still arrive')
}

/**
 * Returns the least time between the two readings of the server; 0 if it was not read again, whatever time passed here.
 */
function elapsedMs(before: ReceiverState, now: ReceiverState): number {
  return Math.max(0, Math.min(now.at - before.at, now.readAt - now.roundTripMs - before.readAt))
}

function countdown(each: ConnectedReceiver, timeoutSeconds: number): string {
  const { lastMessageAgeSeconds } = each
  const when =
    lastMessageAgeSeconds === null
      ? `after ${formatSeconds(timeoutSeconds)} without a message`
      : `in ${formatSeconds(Math.max(0, Math.ceil(timeoutSeconds - lastMessageAgeSeconds)))}`
  return `${receiverText(each)}: waiting until it ends by itself, ${when} (wal_receiver_timeout)`
}

/** A walreceiver that was cut off from a living server reconnects within `wal_retrieve_retry_interval`. */
async function awaitStayingAway(targetId: string, tools: ActionToolbox): Promise<void> {
  const { retry } = await receiverTimeouts(targetId, tools)
  const awayMs = (retry + 1) * 1000
  let isTold = false
  for (;;) {
    const clusterView = await tools.refresh()
    const connected = connectedNow(clusterView, targetId)
    if (connected.length > 0) throw refused(connected, 'it connected again')
    const left = Math.max(0, ...awayFor(clusterView, targetId).map((ms) => awayMs - ms))
    if (left <= 0) return
    if (!isTold)
      tools.writeOutput(`looking for ${formatSeconds(Math.ceil(left / 1000))} more whether a standby connects again`)
    isTold = true
    await tools.wait(Math.min(LOOK_MS, left))
  }
}

/** Returns for how long each standby of that system has been without a connection, in milliseconds. */
function awayFor(clusterView: PlanningView, targetId: string): readonly number[] {
  const systemIdentifier = findDatabase(clusterView, targetId)?.systemIdentifier ?? null
  return clusterView.picture.databases
    .filter(
      (view) => isReadableStandby(view) && (systemIdentifier === null || isSameSystem(view, { systemIdentifier })),
    )
    .filter(({ status }) => status === 'disconnected')
    .map(({ since, readAt }) => (readAt ?? clusterView.now) - (since ?? readAt ?? clusterView.now))
}

function refused(connected: readonly ConnectedReceiver[], why: string): ActionError {
  return new ActionError(
    `${connected.map(receiverText).join('; ')}: ${why}`,
    'That server runs, or may run: stop it first. If you know that it is stopped, plan again with --override receiver-ended=REASON.',
  )
}

/**
 * Warns while a walreceiver is connected: the step `promote` waits for its end. Fails if it would never end by itself.
 */
export function walReceiverEnded({ target }: PromotionParticipants): PreflightCheck {
  return {
    id: RECEIVER_ENDED_CHECK,
    mayOverride: true,
    async run({ picture }, _, tools): Promise<PreflightResult> {
      const connected = connectedReceivers(picture, target.systemIdentifier)
      if (connected.length === 0) {
        const message = 'no readable standby is connected to a possible primary'
        return { result: 'pass', message, hint: null }
      }
      const message = connected.map(receiverText).join('; ')
      const timeouts = await Promise.all(connected.map(({ standbyId }) => receiverTimeouts(standbyId, tools)))
      const endless = connected.filter((_receiver, index) => timeouts[index]?.timeout === 0)
      if (endless.length > 0) {
        const names = endless.map(({ standby }) => standby).join(', ')
        return {
          result: 'fail',
          message: `${message}; wal_receiver_timeout of ${names} is 0: a connection to a stopped server never ends there`,
          hint: `On it: ALTER SYSTEM SET wal_receiver_timeout = '60s'; SELECT pg_reload_conf(). Or stop the server it is connected to.`,
        }
      }
      const most = Math.max(...timeouts.map(({ timeout }) => timeout))
      const hint = `The step promote waits until this has ended (after ${formatSeconds(most)} without a message), and fails when messages still arrive.`
      return { result: 'warn', message, hint }
    },
  }
}
