// Application servers: whether each does its part, and how long its certificate is valid.

import type { DatabaseView, ServerView } from '../../../../model/picture/picture.ts'
import { doesItsPart } from '../../../../model/picture/status.ts'
import { isWhole } from '../../../../model/picture/subject.ts'
import { PENDING } from '../../../../model/values/reading.ts'
import { accessLabel } from '../../../../ui/frame/format/status-text.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import {
  evaluateFigure,
  type PerformanceValue,
  type PluginFinding,
  type PluginStatus,
  worstStatus,
} from '../evaluation/result.ts'

function judgeServer(view: ServerView, subject: CheckSubject): PluginFinding {
  const name = subject.title(view.id)
  const measures = measuresOf(view, name)
  const access = view.access === null ? '' : ` (${accessLabel(view.access)})`
  const text = `${name} ${view.status}${access}`
  if (doesItsPart(view)) return { status: 'ok', text, performance: measures }
  const why = view.problem ? `: ${view.problem.message}` : ''
  return { status: severityOf(view, subject), text: `${name} ${view.status}${why}`, performance: measures }
}

function severityOf(view: ServerView, { picture }: CheckSubject): PluginStatus {
  if (view.status === 'unknown') return 'unknown'
  if (picture.serving === null) return 'critical'
  const alert = picture.alerts.find(({ rule, subject }) => rule === 'server-inactive' && isWhole(subject, view.id))
  return alert?.severity ?? 'warning'
}

function measuresOf({ latencyMs, sessions }: ServerView, name: string): readonly PerformanceValue[] {
  const latency = latencyMs === null ? [] : [{ label: name, value: latencyMs / 1000, unit: 's', least: 0 } as const]
  return sessions === null ? latency : [...latency, { label: `${name} sessions`, value: sessions, unit: '', least: 0 }]
}

export const serversCheck: CheckRule = {
  title: 'servers',
  explains:
    'Every application server: active and standby are OK; an inactive or degraded one is a warning, and ' +
    'critical where the primary server is down, or where no server serves the users.',
  subjectKind: 'servers',
  limit: null,
  expectation: null,
  evaluate: (subject) => subject.servers.map((view) => judgeServer(view, subject)),
  emptyText: 'no application server is configured',
}

/** Days left, and every other alert about the certificate. */
function judgeCertificate(view: ServerView, subject: CheckSubject): readonly PluginFinding[] {
  const { picture, cluster, ranges } = subject
  const name = subject.title(view.id)
  const pulse = cluster.servers.find(({ spec }) => spec.id === view.id)?.pulse ?? PENDING
  const alert = picture.alerts.find(({ rule, subject: id }) => rule === 'certificate' && isWhole(id, view.id))
  const problem = alert && (view.problem?.code === 'tls' || view.tls?.problem != null) ? alert : null
  if (pulse.state !== 'fresh') {
    if (problem) return [{ status: problem.severity, text: problem.message }]
    return [{ status: 'unknown', text: `${name} can’t be read: ${view.problem?.message ?? 'it has not answered'}` }]
  }
  if (view.tls === null || !ranges) return []
  const days = view.tls.daysLeft
  const text = days < 0 ? 'expired' : `${days} d left`
  const finding = evaluateFigure({ name, value: days, unit: 'days', text }, ranges)
  // An expired certificate is no problem if the config excludes it.
  if (days < 0 && view.tls.problem === null) return [{ ...finding, status: 'ok', text: `${name} not judged` }]
  if (!problem) return [finding]
  return [{ ...finding, status: worstStatus([finding.status, problem.severity]), text: problem.message }]
}

/** Of a database that is read with TLS. One whose certificate its DSN does not verify has days, and no problem. */
function judgeDatabaseCertificate(
  view: DatabaseView,
  { picture, ranges, title }: CheckSubject,
): readonly PluginFinding[] {
  const { id, tls, problem } = view
  if (!tls || !ranges || problem !== null) return []
  const days = tls.daysLeft
  const finding = evaluateFigure(
    { name: title(id), value: days, unit: 'days', text: days < 0 ? 'expired' : `${days} d left` },
    ranges,
  )
  const alert = picture.alerts.find(({ rule, subject }) => rule === 'certificate' && isWhole(subject, id))
  if (!alert || tls.problem === null) return [finding]
  return [{ ...finding, status: worstStatus([finding.status, alert.severity]), text: alert.message }]
}

export const certificateCheck: CheckRule = {
  title: 'certificates',
  explains:
    'Days until the TLS certificate of each server, and of each database that pgdeck reaches with TLS, expires. A certificate that is not trusted or bears another name is reported ' +
    'too. A single figure is the lowest good value: `-w 30 -c 7`.',
  subjectKind: 'nodes',
  limit: {
    unit: 'days',
    worse: 'lower',
    source: '`alerts.certificateDays`',
    limits: (thresholds) => thresholds.certificateDays,
  },
  expectation: null,
  evaluate: (subject) => [
    ...subject.servers.flatMap((view) => judgeCertificate(view, subject)),
    ...subject.databases.flatMap((view) => judgeDatabaseCertificate(view, subject)),
  ],
  emptyText: 'no server and no database has a certificate',
}
