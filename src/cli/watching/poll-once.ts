// One round of polls for a command without a screen, with signals and hanging targets handled; and whether anything
// answered.

import { setTimeout as wait } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import type { ProgramLog } from '../../io/files/program-log.ts'
import type { OnDemandQuery } from '../../model/measured/on-demand.ts'
import { type Fault, isOwn, isUnreachable } from '../../model/values/fault.ts'
import { faultOf, type Reading } from '../../model/values/reading.ts'
import type { TraceRecorder } from '../../runtime/trace/trace-recorder.ts'
import type { Notice, State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { endedBeforeAbort, listenForSignals } from '../invocation/command-signals.ts'
import { SIGNAL_EXIT_CODES } from '../invocation/exit-codes.ts'
import { openWatchSession, type WatchSession } from './session.ts'

export interface PollOnceOptions {
  readonly config: Config
  readonly clusterName?: string | undefined
  readonly intervalMs?: number | undefined
  /** Gets the notices of the screen, for example about an unusable state directory. */
  readonly notify?: ((text: string) => void) | undefined
  /** Measure this host and those of the config too. */
  readonly withHost?: boolean
  /** More rounds follow the first one. */
  readonly isRepeated?: boolean
  /** The questions to each database beyond the pulse. */
  readonly queries?: readonly OnDemandQuery[]
  readonly log?: ProgramLog | undefined
  readonly trace?: TraceRecorder | undefined
}

/** What to do after a round: an exit code ends the command, null asks for another round at the next interval. */
export type AfterPoll = (state: State, signal: AbortSignal) => Promise<number | null>

/** Polls once. Resolves to the exit code of `after`, or of the signal that came first. */
export function pollOnce(options: PollOnceOptions, after: (state: State) => Promise<number>): Promise<number> {
  return pollUntilDone(options, after)
}

/** The same for slow work after the poll: the signal ends it, whatever it throws then. */
export function pollThenWork(
  options: PollOnceOptions,
  work: (state: State, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  return pollUntilDone(options, async (state, signal) => {
    try {
      return await work(state, signal)
    } catch (error) {
      if (signal.aborted) return null
      throw error
    }
  })
}

/** Polls, once per interval, until `after` answers with an exit code or a signal comes. */
export async function pollUntilDone(options: PollOnceOptions, after: AfterPoll): Promise<number> {
  const interruption = listenForSignals()
  const session = openWatchSession(options)
  const stopNotices = options.notify ? notifyOfNotices(session.store, options.notify) : () => {}
  try {
    for (;;) {
      const startedAt = performance.now()
      if (!(await endedBeforeAbort(session.pollOnce(options.queries), interruption.signal))) break
      const state = session.store.latest()
      const code = await after(state, interruption.signal)
      if (code !== null) return code
      await pause(startedAt + state.intervalMs - performance.now(), interruption.signal)
    }
    return interruption.code() ?? SIGNAL_EXIT_CODES.SIGINT
  } finally {
    await closeWithinLimit(session)
    stopNotices()
    interruption.release()
  }
}

/**
 * Prints the store's notice and each later one. Consecutive equal notices are printed once, because several parts of
 * the state directory may fail alike. Returns a function that ends it.
 */
export function notifyOfNotices(store: Store, notify: (text: string) => void): () => void {
  let last: Notice | null = null
  const check = () => {
    const { notice } = store.latest()
    if (notice !== null && notice.text !== last?.text && notice.severity !== 'info') notify(`warning: ${notice.text}`)
    last = notice ?? last
  }
  check()
  return store.subscribe(check)
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(Math.max(0, ms), undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** A hanging server must not delay a command that has printed everything. */
export async function closeWithinLimit(session: WatchSession, limitMs = 500): Promise<void> {
  await Promise.race([session.close(), wait(limitMs, undefined, { ref: false })])
}

/** True if no database and no server of any cluster has answered anything: nothing is reachable from here. */
export function allUnreachable(state: State): boolean {
  const readings: readonly Reading<unknown>[] = state.clusters.flatMap(({ databases, servers }) => [
    ...databases.map(({ pulse }) => pulse),
    ...servers.map(({ pulse }) => pulse),
  ])
  return readings.length > 0 && readings.every((reading) => isWithoutAnswer(reading, faultOf(reading)))
}

function isWithoutAnswer(reading: Reading<unknown>, fault: Fault | null): boolean {
  return reading.state !== 'fresh' && (fault === null || isUnreachable(fault) || isOwn(fault))
}
