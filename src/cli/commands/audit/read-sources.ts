// Reads the audits of the applications once for `pgdeck audit`: each source by itself, none longer than its limit.

import type { Config } from '../../../config/config.ts'
import { UNREAD_SOURCE } from '../../../model/application-audit/entry.ts'
import type { TraceRecorder } from '../../../runtime/trace/trace-recorder.ts'
import { endedBeforeAbort, listenForSignals } from '../../invocation/command-signals.ts'
import { closeWithinLimit } from '../../watching/poll-once.ts'
import { openWatchSession } from '../../watching/session.ts'
import type { ReadSource } from './audit-lines.ts'

export interface ReadSourcesOptions {
  readonly config: Config
  readonly clusterName?: string | undefined
  readonly trace?: TraceRecorder | undefined
}

/** Resolves to all sources, those that failed with their fault; or to the exit code of a signal. */
export async function readAuditSources(options: ReadSourcesOptions): Promise<readonly ReadSource[] | number> {
  const interruption = listenForSignals()
  const session = openWatchSession(options)
  try {
    if (!(await endedBeforeAbort(session.readAudits(), interruption.signal))) return interruption.code() ?? 1
    return session.store.latest().clusters.flatMap(({ spec: { name: cluster }, servers }) =>
      servers.flatMap(({ spec, audits = [] }) =>
        (spec.auditSources ?? []).map((source, index) => {
          return { cluster, server: spec.id, source, record: audits[index] ?? UNREAD_SOURCE }
        }),
      ),
    )
  } finally {
    await closeWithinLimit(session)
    interruption.release()
  }
}
