// The timeline of a cluster from pgdeck's records and current readings.

import type { AuditEntry } from '../../model/events/audit-entry.ts'
import type { IncidentEntry, IncidentTimeline } from '../../model/events/incident-timeline.ts'
import { lossSentence } from '../../model/failover/loss-text.ts'
import { redact } from '../../model/logs/redact.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { subjectText } from '../../model/picture/subject.ts'
import type { State } from '../../state/state.ts'
import type { RecordedFigures } from '../recording/recorded-figures.ts'
import type { ClusterRecords } from './cluster-records.ts'

/** From `since` (milliseconds since the epoch) until now, with lines of the servers' own logs. */
export function buildReportTimeline(
  state: State,
  name: string,
  records: ClusterRecords,
  since: number,
  recorded: RecordedFigures,
  logged: readonly IncidentEntry[] = [],
): IncidentTimeline {
  const picture = state.clusters.find(({ spec }) => spec.name === name)?.picture ?? null
  const alerts = picture?.alerts ?? []
  const entries: IncidentEntry[] = [
    ...records.events.map(({ at, subject, text }) => ({ at, kind: 'state', subject, text: redact(text) }) as const),
    ...records.audit.map(actEntry),
    ...logged,
    ...alerts.map(({ since: at, subject, rule, message }) => {
      return { at, kind: 'alert', subject: subjectText(subject), text: `${rule} began: ${message}` } as const
    }),
  ]
  return {
    cluster: name,
    from: since,
    to: Date.now(),
    entries: entries.filter(({ at }) => at >= since),
    alerts,
    now: picture ? sentences(picture) : [],
    figures: recorded.figures,
    missing: [...records.missing.map(({ what, why }) => `${what}: ${why}`), ...recorded.missing],
  }
}

function actEntry({ at, category, server, what, who, result }: AuditEntry): IncidentEntry {
  const from = who.ssh === null ? '' : ` from ${who.ssh}`
  const ended = typeof result === 'string' ? `: ${result}` : ''
  return {
    at,
    kind: category === 'user' ? 'act' : 'task',
    subject: server,
    text: `${what}${ended} (${who.user}${from})`,
  }
}

/** The current state of the cluster, for readers who were not there. */
function sentences({ health, serving, servers, databases, failover }: Picture): readonly string[] {
  const nodes = [
    ...servers.map(({ id, type, status, problem }) => ({ id, is: `${type} server, ${status}`, problem })),
    ...databases.map(({ id, role, status, timeline, problem }) => {
      return { id, is: `${role}, ${status}, timeline ${timeline ?? '?'}`, problem }
    }),
  ]
  const { ifFails, candidate, basis } = failover
  return [
    `Health: ${health}.`,
    serving ? `Users are served by ${serving.id} (${serving.access}).` : 'No server serves the users.',
    ...nodes.map(({ id, is, problem }) => `${id}: ${is}${problem ? `; ${problem.message}` : ''}`),
    ...(ifFails === null
      ? []
      : [
          `If ${ifFails} ${basis === 'live' ? 'failed' : 'stays down'}: ${candidate ?? 'no standby'} could take over${candidate === null ? '' : `; lost: ${lossSentence(failover, ifFails, 'ago')}`}.`,
        ]),
  ]
}
