// The life of a demo: applications that use its databases, and a pile-up of locks now and then.

import type { DemoDatabase } from '../postgres/demo-databases.ts'
import { openOn, openWhereWritable } from './application-session.ts'
import { startApplications } from './applications.ts'
import { startLockPileUps } from './lock-pile-up.ts'

export interface DemoLife {
  /** Makes a pile-up of locks that lasts until `release`, at most two minutes. Fulfils once the row is locked. */
  holdLock(): Promise<void>
  release(): Promise<void>
  stop(): Promise<void>
}

export interface DemoLifeOptions {
  /** Where applications that write may work: the first that takes writes. */
  readonly writable: readonly DemoDatabase[]
  /** Where one that only reads works; null: nowhere. */
  readonly standby: DemoDatabase | null
  readonly random: () => number
}

const HELD_MS = 120_000
const RHYTHM = { firstAfterMs: 35_000, pauseMs: [60_000, 100_000], lastsMs: [12_000, 17_000] } as const

/** Starts the applications; the databases were prepared for them (`prepareForApplications`). */
export function startLife({ writable, standby, random }: DemoLifeOptions): DemoLife {
  const open = openWhereWritable(writable)
  const applications = startApplications(open, standby && openOn(standby), random)
  const pileUps = startLockPileUps(open, RHYTHM, random)
  return {
    holdLock: () => pileUps.begin(HELD_MS),
    release: () => pileUps.release(),
    async stop() {
      await Promise.all([...applications, pileUps].map((each) => each.stop()))
    },
  }
}
