// One round of polls for a command without a screen, with signals and hanging targets taken care of; and whether anything
// answered at all.

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
  /** Gets what the screen would show as a notice: a state directory that can't be used, for one. */
  readonly notify?: ((text: string) => void) | undefined
  /** Measure this host and those of the config too. */
  readonly withHost?: boolean
  /** What is asked of each database beyond the pulse. */
  readonly queries?: readonly OnDemandQuery[]
  readonly log?: ProgramLog | undefined
  readonly trace?: TraceRecorder | undefined
}

/** What to do after a round: the exit code ends the command, null asks for another round at the next interval. */
export type AfterPoll = (state: State, signal: AbortSignal) => Promise<number | null>

/** Polls once. Resolves to the exit code of `after`, or of the signal that came first. */
export function pollOnce(options: PollOnceOptions, after: (state: State) => Promise<number>): Promise<number> {
  return pollUntilDone(options, after)
}

/** The same for what takes its time afterwards: the signal ends it, whatever it throws then. */
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
 * Prints the store's notice and each later one; the same words in a row once, as several parts of the state directory
 * may fail alike. Returns a function that ends it.
 */
function notifyOfNotices(store: Store, notify: (text: string) => void): () => void {
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

/** A server that hangs must not keep a command from ending that has said all it has to say. */
export async function closeWithinLimit(session: WatchSession): Promise<void> {
  await Promise.race([session.close(), wait(500, undefined, { ref: false })])
}

/** True when no database and no server of any cluster has answered anything: nothing could be reached from here. */
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
