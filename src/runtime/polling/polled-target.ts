// Runs one probe of one target over time: never twice at once, with a time limit, and less often while failing is
// costly.

import pLimit from 'p-limit'
import { startWaitTimeout } from '../../io/network/wait-timeout.ts'
import { debugMessage } from '../../io/process/debug-messages.ts'
import { type Fault, FaultError, isOwn, isUnreachable, messageOf } from '../../model/values/fault.ts'
import type { ProbeOutcome } from '../../model/values/reading.ts'

export interface PolledTargetOptions<T> {
  /** What did not answer, for the message of a timeout. */
  readonly description: string
  /** Least time between two starts, unless forced; absent: at every poll. */
  readonly everyMs?: number
  /** Its own time limit, where that of a poll is too short. */
  readonly limitMs?: number
  readonly read: (signal: AbortSignal) => Promise<T>
  readonly onResult: (outcome: ProbeOutcome<T>) => void
  /** It waits for its start among its like and not among all: many of them that are silent hold up no database. */
  readonly among?: 'entry-points'
}

export interface PolledTarget {
  /** Starts a reading unless one runs or the target backs off. Resolves when its outcome was reported. */
  poll(options: TargetPollOptions): Promise<void>
}

export interface TargetPollOptions {
  readonly timeoutMs: number
  readonly intervalMs: number
  /** Ignores the schedule and the back-off. */
  readonly force?: boolean
  /** The outcome must be of a reading that started after this call. */
  readonly anew?: boolean
}

/**
 * Failures that each leave a line in the server log, or use one of the last connection slots. They are retried less
 * often, up to every fifth interval. A refused or silent port costs nothing, and its recovery should show within one
 * interval, so it is tried each time.
 */
function isCostly(fault: Fault): boolean {
  return !isUnreachable(fault) && !isOwn(fault) && fault.code !== 'starting'
}

const PATIENCE = 5
const LONGEST_PAUSE_INTERVALS = 5

/**
 * Targets without a session wait here, before their time limit starts. Hundreds of handshakes at once would each exceed
 * the limit, fail together and be retried together. Targets that answer never wait here.
 */
const connectLimit = pLimit(24)
const entryPointLimit = pLimit(8)

/** Keeps the schedule of one probe of one target. `random` is in [0, 1). */
export function createPolledTarget<T>(
  target: PolledTargetOptions<T>,
  random: () => number = Math.random,
): PolledTarget {
  const among = target.among === 'entry-points' ? entryPointLimit : connectLimit
  let inFlight = false
  let telling: Promise<void> | null = null
  let answers = false
  let failures = 0
  let notBefore = Number.NEGATIVE_INFINITY
  let notAgainBefore = Number.NEGATIVE_INFINITY

  const settled = (outcome: ProbeOutcome<T>, intervalMs: number) => {
    const costly = !outcome.ok && isCostly(outcome.fault)
    answers = outcome.ok
    failures = costly ? failures + 1 : 0
    const intervals = Math.min(LONGEST_PAUSE_INTERVALS, Math.max(1, failures - PATIENCE))
    // Somewhat less than whole intervals, with jitter, so that the nearest round is never missed by a millisecond.
    const pauseMs = intervals <= 1 ? 0 : intervalMs * (intervals - 0.5 - random() * 0.5)
    notBefore = performance.now() + pauseMs
    target.onResult(outcome)
  }

  const tracked: PolledTarget = {
    poll(limits) {
      const { timeoutMs, intervalMs, force = false, anew = false } = limits
      // Other callers wait for the same answer. A probe that continues after its limit blocks none of them.
      if (telling) return anew ? telling.then(() => tracked.poll({ ...limits, force: true })) : telling
      if (inFlight) return Promise.resolve()
      if (!force && performance.now() < Math.max(notBefore, notAgainBefore)) return Promise.resolve()
      notAgainBefore = performance.now() + (target.everyMs ?? 0) - intervalMs / 2
      inFlight = true
      const start = () => {
        const startedAt = performance.now()
        const run = attempt(target, Math.max(timeoutMs, target.limitMs ?? 0))
        void run.outcome.then((outcome) => debugMessage(() => pollMessage(target.description, startedAt, outcome)))
        void run.finished.then(() => {
          inFlight = false
        })
        return run.outcome
      }
      telling = (answers ? start() : among(start)).then((outcome) => {
        telling = null
        settled(outcome, intervalMs)
      })
      return telling
    },
  }
  return tracked
}

function pollMessage(description: string, startedAt: number, outcome: ProbeOutcome<unknown>): string {
  const ms = Math.round(performance.now() - startedAt)
  return `poll ${description}: ${outcome.ok ? 'ok' : outcome.fault.code}, ${ms} ms`
}

/** `outcome` comes within the limit in any case; `finished` comes when the probe itself has ended. */
function attempt<T>(
  target: PolledTargetOptions<T>,
  timeoutMs: number,
): { readonly outcome: Promise<ProbeOutcome<T>>; readonly finished: Promise<void> } {
  const abort = new AbortController()
  let callOff = () => {}
  const limit = new Promise<ProbeOutcome<T>>((resolve) => {
    callOff = startWaitTimeout(timeoutMs, () => {
      abort.abort()
      // A probe that ends at once can report how far it came, which is more than a timeout.
      setImmediate(() => resolve({ ok: false, fault: silence(target.description, timeoutMs) }))
    })
  })
  const reading = target.read(abort.signal).then(
    (value): ProbeOutcome<T> => ({ ok: true, value }),
    (error: unknown): ProbeOutcome<T> => ({ ok: false, fault: faultFrom(error, target.description) }),
  )
  const answered = reading.finally(() => callOff())
  return { outcome: Promise.race([answered, limit]), finished: answered.then(() => undefined) }
}

function silence(what: string, timeoutMs: number): Fault {
  return {
    code: 'timeout',
    message: `${what} did not answer within ${timeoutMs} ms`,
    hint: 'Check that its host is up and reachable; a frozen or overloaded server looks the same',
  }
}

/** An error that is not a FaultError is a defect of pgdeck. It is reported as a fault, so that polling continues. */
function faultFrom(error: unknown, what: string): Fault {
  if (error instanceof FaultError) return error.fault
  const reason = messageOf(error)
  return {
    code: 'protocol',
    message: `${what}: ${reason}`,
    hint: 'this is likely a defect of pgdeck: please report it',
  }
}
