// The view of an application server: status, access, redirection, and since when.

import type { ClusterSnapshot, ServerRecord } from '../measured/snapshot.ts'
import type { DatabaseView, OngoingFault, Picture, ServerStatus, ServerView } from '../picture/picture.ts'
import {
  isStaleReading,
  type LocalReachability,
  targetStateOf,
  wasPortOpen,
} from '../reachability/local-reachability.ts'
import { cleanProblem } from '../replication/member.ts'
import type { Fault } from '../values/fault.ts'
import { currentValue, faultOf, lastGood, lastReadAt } from '../values/reading.ts'
import { clean } from '../values/text.ts'
import { judgeServer, type ServerJudgement } from './server-judgement.ts'

/** Returns the views of all servers in configured order. */
export function serverViews(
  snapshot: ClusterSnapshot,
  databases: readonly DatabaseView[],
  previous: Picture | null,
  reachability: LocalReachability,
  now: number,
): readonly ServerView[] {
  return snapshot.servers.map((record) => {
    const before = previous?.servers.find((view) => view.id === record.spec.id) ?? null
    const verdict = targetStateOf(record.pulse, reachability, record.spec.id)
    return serverView(
      record,
      judgeServer(record, verdict, snapshot, databases, before),
      before,
      snapshot.intervalMs,
      now,
    )
  })
}

function serverView(
  record: ServerRecord,
  judged: ServerJudgement,
  before: ServerView | null,
  intervalMs: number,
  now: number,
): ServerView {
  const { spec } = record
  const pulse = lastGood(record.pulse)
  const at = lastReadAt(record.pulse)
  const failing = cleanProblem(faultOf(record.pulse))
  return {
    id: spec.id,
    name: clean(record.displayName),
    dnsName: clean(spec.dnsName),
    type: spec.type,
    status: judged.status,
    access: judged.access,
    port: spec.port,
    portOpen: wasPortOpen(record.pulse),
    sessions: currentValue(record.sessions),
    latencyMs: currentValue(record.pulse)?.latencyMs ?? null,
    latencyTrend: record.latencies,
    tls: pulse?.tls ?? null,
    databaseId: spec.databaseId,
    redirectsTo: judged.redirectsTo,
    since: sinceOf(judged.status, before, failing, at, now),
    readAt: at,
    stale: isStaleReading(record.pulse, intervalMs, now),
    problem: failing ?? dated(judged.problem, before, at ?? now) ?? cleanProblem(faultOf(record.sessions)),
    pulse,
  }
}

/** A problem that existed before keeps its start. */
function dated(fault: Fault | null, before: ServerView | null, at: number): OngoingFault | null {
  if (!fault) return null
  const same = before?.problem?.code === fault.code
  return { ...fault, since: same ? (before?.problem?.since ?? at) : at }
}

function sinceOf(
  status: ServerStatus,
  before: ServerView | null,
  failing: OngoingFault | null,
  at: number | null,
  now: number,
): number | null {
  if (before && before.status === status && before.since !== null) return before.since
  if (status === 'unknown') return null
  return failing?.since ?? at ?? now
}
