// Writes entries to the audit log in batches, and keeps those that can't be written now for later.

import { appendAuditLog } from '../../io/audit/audit-log-writer.ts'
import type { AuditEntry, Principal } from '../../model/events/audit-entry.ts'
import { auditGapEntry } from './audit-entries.ts'

export interface AuditQueue {
  /** Never blocks and never throws. */
  add(entry: AuditEntry): void
  /** Writes what is pending, for at most a second. Never throws. */
  finish(): Promise<void>
}

export interface AuditQueueOptions {
  readonly folder: string
  readonly who: Principal
  /** Called with the entries that are in the file now. */
  readonly written: (entries: readonly AuditEntry[]) => void
  readonly failed: (error: unknown) => void
}

const BATCH_MS = 1_000
const RETRY_MS = 10_000
const LAST_MOMENT_MS = 1_000
/** At most this many unwritten entries are kept in memory. */
const LONGEST_QUEUE = 1_000

export function createAuditQueue({ folder, who, written, failed }: AuditQueueOptions): AuditQueue {
  const queue: AuditEntry[] = []
  let lost = 0
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | null = null
  let failing = false

  const schedule = () => {
    if (timer || writing || queue.length === 0) return
    timer = setTimeout(() => void flush(), failing ? RETRY_MS : BATCH_MS)
    timer.unref()
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing ??= write().finally(() => {
      writing = null
      schedule()
    })
    return writing
  }
  const write = async () => {
    if (queue.length === 0) return
    const batch = queue.splice(0)
    const gap = lost
    const entries = gap > 0 ? [auditGapEntry(gap, who), ...batch] : batch
    try {
      await appendAuditLog(folder, entries)
      lost -= gap
      failing = false
      written(entries)
    } catch (error) {
      queue.unshift(...batch)
      failing = true
      failed(error)
    }
  }
  return {
    add(entry) {
      queue.push(entry)
      if (queue.length > LONGEST_QUEUE) {
        queue.shift()
        lost += 1
      }
      schedule()
    },
    async finish() {
      await withinLastMoment(writing ? writing.then(flush) : flush())
      clearTimeout(timer)
    },
  }
}

async function withinLastMoment(work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, LAST_MOMENT_MS)
  await Promise.race([work, late])
  clearTimeout(timer)
}
