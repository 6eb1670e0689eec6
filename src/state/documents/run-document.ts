// The document of a running run, in `status --json` and `runs --json`.

import type { ClusterRun } from '../../model/runs/lock/cluster-run.ts'
import type { ClusterRunDocument } from './status-document.ts'

export function clusterRunDocument({
  by,
  action,
  target,
  step,
  steps,
  startedAt,
  sessions,
}: ClusterRun): ClusterRunDocument {
  return {
    by,
    action,
    target,
    step,
    steps,
    startedAt: startedAt === null ? null : new Date(startedAt).toISOString(),
    sessions: sessions.map(({ databaseId, pid, role, address }) => ({
      database: databaseId,
      process: pid,
      role,
      address,
    })),
  }
}
