// What is known of the files that wait to be archived between two counts: a long queue is not counted by each pulse.

import type { DatabaseSession } from '../../../io/postgres/database-session.ts'
import type { DatabasePulse } from '../../../model/measured/pulse.ts'
import type { ArchiveWaiting } from '../../../model/values/archiver-facts.ts'
import { ListingPause } from '../answers/listing-pause.ts'

/** When the pulses of one session may count the files, and what the last count found. Times are those of performance.now(). */
export class ArchiveQueue {
  readonly #pause = new ListingPause()
  #counted: { readonly key: string; readonly at: number; readonly waiting: ArchiveWaiting } | null = null

  mayCount(at: number): boolean {
    return this.#pause.mayList(at)
  }

  /** A pulse that may have counted did not end in time. */
  failed(at: number): void {
    this.#pause.failed(at)
  }

  /** Returns the pulse with what the last count found, if this pulse did not count. */
  take(pulse: DatabasePulse, answer: { readonly at: number; readonly tookMs: number }): DatabasePulse {
    const { at } = answer
    const { archiver, systemIdentifier, postmasterStart } = pulse
    if (!archiver?.waiting) return pulse
    const key = `${systemIdentifier} ${postmasterStart}`
    if (archiver.waiting.listed !== undefined) {
      this.#pause.listed(archiver.waiting.listed, answer)
      this.#counted = { key, at, waiting: archiver.waiting }
      return pulse
    }
    if (archiver.waiting.files !== null || this.#counted?.key !== key) return pulse
    const { waiting, at: countedAt } = this.#counted
    const ageSeconds = (at - countedAt) / 1000
    const seconds = waiting.seconds === null ? null : waiting.seconds + ageSeconds
    return { ...pulse, archiver: { ...archiver, waiting: { files: waiting.files, seconds, ageSeconds } } }
  }
}

const queues = new WeakMap<DatabaseSession, ArchiveQueue>()

/** Returns that of the session: the same one at each call. */
export function archiveQueueOf(session: DatabaseSession): ArchiveQueue {
  const queue = queues.get(session) ?? new ArchiveQueue()
  queues.set(session, queue)
  return queue
}
