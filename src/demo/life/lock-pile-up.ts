// A pile-up of locks: a job changes the row that all want and leaves its transaction open, so that the others queue behind it.

import { setTimeout as pause } from 'node:timers/promises'
import type { ApplicationOptions, OpenSession } from './application-session.ts'
import { POPULAR_ACCOUNT } from './applications.ts'

const JOB: ApplicationOptions = { name: 'legacy-cron', role: 'cron', limitMs: 10_000 }

export interface LockPileUps {
  /** Makes one that lasts so long (milliseconds), if nobody ends its session before. Fulfils once the row is locked. */
  begin(lastsMs: number): Promise<void>
  /** Ends one that is there: the others go on. */
  release(): Promise<void>
  stop(): Promise<void>
}

export interface PileUpRhythm {
  readonly firstAfterMs: number
  /** From the end of one to the next, at least and at most. */
  readonly pauseMs: readonly [number, number]
  readonly lastsMs: readonly [number, number]
}

interface Held {
  readonly ending: AbortController
  readonly over: Promise<void>
}

/** Makes one now and then, and when it is asked to. */
export function startLockPileUps(open: OpenSession, rhythm: PileUpRhythm, random: () => number): LockPileUps {
  const ending = new AbortController()
  let held: Held | null = null

  async function release(): Promise<void> {
    held?.ending.abort()
    await held?.over
  }

  /** Also where another one was made in the meantime. */
  async function over(): Promise<void> {
    for (let last: Held | null = null; held !== last; ) {
      last = held
      await last?.over
    }
  }

  async function begin(lastsMs: number): Promise<void> {
    await release()
    const session = await open(JOB)
    try {
      await session.query('begin')
      await session.query('update accounts set balance = balance + 0.01 where id = $1', [POPULAR_ACCOUNT])
    } catch (error) {
      await session.close()
      throw error
    }
    const own = new AbortController()
    const over = quietly(lastsMs, own.signal)
      // Where somebody has ended the session, nothing is left to commit.
      .then(() => session.query('commit').catch(() => {}))
      .then(() => session.close())
    held = { ending: own, over }
  }

  const between = ([least, most]: readonly [number, number]) => least + random() * (most - least)
  const routine = (async () => {
    await quietly(rhythm.firstAfterMs, ending.signal)
    while (!ending.signal.aborted) {
      await over()
      await begin(between(rhythm.lastsMs)).catch(() => {})
      await over()
      await quietly(between(rhythm.pauseMs), ending.signal)
    }
  })()

  return {
    begin,
    release,
    async stop() {
      ending.abort()
      await release()
      await routine
    },
  }
}

/** Waits so long, or until aborted. */
async function quietly(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal, ref: false }).catch(() => {})
}
