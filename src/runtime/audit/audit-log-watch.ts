// Reads and verifies the audit log periodically while its view is open, so that entries of other programs show too.

import { readAuditLog, verifyAuditLog } from '../../io/audit/audit-log-reader.ts'
import type { AuditCheck } from '../../model/events/audit-entry.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import { MAX_AUDIT_ENTRIES } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'

export interface AuditLogWatch {
  /** Reads now and then every few seconds, or stops. Never blocks and never throws. */
  follow(on: boolean): void
  /** Stops, and waits for a running read. */
  close(): Promise<void>
}

export interface AuditLogWatchOptions {
  readonly store: Store
  readonly folder: string
  readonly everyMs?: number
}

const EVERY_MS = 4_000
/** Verification reads the whole log; a normal read reads only the last lines. */
const VERIFY_EVERY_MS = 60_000
/** A log that is verified within this time is verified again with each new line. */
const QUICK_MS = 250

export function createAuditLogWatch({ store, folder, everyMs = EVERY_MS }: AuditLogWatchOptions): AuditLogWatch {
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> | null = null
  let following = false
  let verifiedAt = 0
  let tookMs = 0
  let newestVerified: number | undefined

  const tell = (check: AuditCheck) => store.dispatch({ type: 'audit-checked', check })
  const read = async () => {
    try {
      const entries = await readAuditLog({ folder, limit: MAX_AUDIT_ENTRIES })
      store.dispatch({ type: 'audit-read', entries: entries.toReversed() })
      const at = Date.now()
      const newest = entries.at(-1)?.at
      const isDue = at - verifiedAt >= VERIFY_EVERY_MS || (newest !== newestVerified && tookMs < QUICK_MS)
      if (!isDue && store.latest().auditVerification.state === 'whole') return
      const verdict = await verifyAuditLog(folder)
      verifiedAt = Date.now()
      tookMs = verifiedAt - at
      newestVerified = newest
      if (verdict.ok) tell({ state: 'whole', at: verifiedAt, lines: verdict.lines })
      else tell({ state: 'touched', at: verifiedAt, file: verdict.file, line: verdict.line, why: clean(verdict.why) })
    } catch (error) {
      const why = clean(messageOf(error))
      tell({ state: 'unreadable', at: Date.now(), why })
    }
  }
  const next = () => {
    timer = undefined
    reading = read().finally(() => {
      reading = null
      if (!following || timer) return
      timer = setTimeout(next, everyMs)
      timer.unref()
    })
  }
  return {
    follow(on) {
      following = on
      if (!on) {
        clearTimeout(timer)
        timer = undefined
      } else if (!reading && !timer) next()
    },
    async close() {
      following = false
      clearTimeout(timer)
      await reading
    },
  }
}
