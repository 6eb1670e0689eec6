// Alert conditions of application servers: nobody serves, one is down or refuses, certificates.

import { schedulesText } from '../../app-servers/schedules.ts'
import { readOnlyByDefault } from '../../measured/read-only-default.ts'
import { NOBODY_SERVES_TEXT } from '../../picture/alert.ts'
import type { DatabaseView, ServerView, Severity } from '../../picture/picture.ts'
import { isPrimary } from '../../picture/roles.ts'
import { isDown, isFlowing } from '../../picture/status.ts'
import { subjectOf } from '../../picture/subject.ts'
import { lastHeardByOthers } from '../../reachability/local-reachability.ts'
import { isUnasked } from '../../values/fault.ts'
import { clean } from '../../values/text.ts'
import { formatAge } from '../../values/units.ts'
import { type AlertCondition, afterInterval, conflicting, immediate, type RuleInput } from './condition.ts'
import { outdatedAfterMs } from './database-conditions.ts'

export function serverConditions(findings: RuleInput): readonly AlertCondition[] {
  return [
    ...serving(findings),
    ...schedulesStopped(findings),
    ...findings.servers.flatMap((view) => ofServer(view, findings)),
  ]
}

function serving(findings: RuleInput): readonly AlertCondition[] {
  const { serving, servers, snapshot } = findings
  if (serving === null) {
    if (!isKnownThatNobodyServes(findings)) return []
    const what = servers.length > 0 ? 'no application server gives access' : 'no database is writable'
    const message = `${NOBODY_SERVES_TEXT}: ${what}`
    // A server that redirects its users was read before or after the other one failed. The next readings decide.
    const tell = servers.some((server) => server.access === 'redirects') ? conflicting : immediate
    return [tell('nobody-serves', subjectOf(snapshot.spec.name), 'critical', message)]
  }
  if (serving.access !== 'read-only' || isReadOnlyPrimary(serving.id, findings)) return []
  const name = servers.find(({ id }) => id === serving.id)?.name ?? serving.id
  return [immediate('read-only-serves', subjectOf(serving.id), 'warning', `${name} serves the users, read-only`)]
}

function schedulesStopped({ schedules, servers }: RuleInput): readonly AlertCondition[] {
  if (schedules?.state !== 'stopped') return []
  const nameOf = (id: string) => servers.find((view) => view.id === id)?.name ?? id
  return [afterInterval('schedules-stopped', subjectOf(schedules.server), 'warning', schedulesText(schedules, nameOf))]
}

/** Another alert reports that. */
function isReadOnlyPrimary(id: string, { servers, databases }: RuleInput): boolean {
  const databaseId = servers.find((server) => server.id === id)?.databaseId ?? id
  const pulse = databases.find((view) => view.id === databaseId)?.pulse
  return pulse != null && readOnlyByDefault(pulse).kind === 'server'
}

/** Not knowing who serves is different: a server that can't be judged may be serving. */
function isKnownThatNobodyServes({ servers, databases, replicationLinks }: RuleInput): boolean {
  if (servers.length > 0) return servers.every((server) => server.access !== null)
  // A standby's upstream exists and may be writable, even if pgdeck does not watch it.
  if (
    replicationLinks.some(
      ({ upstream, state }) =>
        upstream === null && (isFlowing(state) || state === 'archive' || state === 'shared-storage'),
    )
  )
    return false
  return databases.length > 0 && databases.every((view) => !mayBePrimary(view))
}

function mayBePrimary({ status, role }: DatabaseView): boolean {
  return status === 'unknown' && (role === 'unknown' || isPrimary({ role }))
}

function ofServer(view: ServerView, findings: RuleInput): readonly AlertCondition[] {
  return [
    ...presence(view, findings),
    ...servesNeedlessly(view, findings),
    ...certificate(view, findings),
    ...outdated(view, findings),
  ]
}

/** A read-only server is a fallback: while another server is writable it should redirect its users there. */
function servesNeedlessly(view: ServerView, { serving, servers }: RuleInput): readonly AlertCondition[] {
  if (view.type !== 'read-only' || view.access !== 'read-only' || serving === null) return []
  const better = servers.find(({ id }) => id === serving.id && id !== view.id)
  if (!better || serving.access === 'read-only') return []
  const message = `${view.name} serves its visitors itself, read-only, although ${better.name} serves: it should redirect them`
  // Right after the other server is back, this one has not noticed it yet.
  return [afterInterval('read-only-serves', subjectOf(view.id), 'warning', message)]
}

function presence(view: ServerView, findings: RuleInput): readonly AlertCondition[] {
  const sign = view.problem ? lastHeardByOthers(view.id, view.problem.since, findings.reachability) : null
  if (view.status === 'unknown' && view.problem && sign) {
    const message = `${view.name} is not visible from here, but ${sign.text}: ${view.problem.message}`
    return [immediate('stale', subjectOf(view.id), 'warning', message, view.problem.since)]
  }
  if (view.status === 'unknown' && view.problem && isUnasked(view.problem) && !findings.reachability.cutOff) {
    const message = `${view.name} can’t be read: ${view.problem.message}`
    return [immediate('stale', subjectOf(view.id), 'warning', message, view.problem.since)]
  }
  if (view.status !== 'inactive' && view.status !== 'degraded') return []
  if (view.problem?.code === 'tls' || isOfItsDatabase(view, findings)) return []
  const reason = view.problem?.message ?? 'it does not answer'
  return [
    immediate(
      'server-inactive',
      subjectOf(view.id),
      absenceSeverity(view),
      `${view.name} ${view.status}: ${reason}`,
      view.since,
    ),
  ]
}

/** A server that answers without its database gets no alert: the database has one. */
function isOfItsDatabase(view: ServerView, { databases }: RuleInput): boolean {
  const database = databases.find(({ id }) => id === view.databaseId)
  return database !== undefined && isDown(database) && view.status === 'degraded' && view.portOpen === true
}

/** Schedules run only on the primary server, so its loss is critical even while another one serves the users. */
function absenceSeverity(view: ServerView): Severity {
  return view.type === 'primary' && view.status === 'inactive' ? 'critical' : 'warning'
}

function certificate(view: ServerView, { snapshot }: RuleInput): readonly AlertCondition[] {
  if (view.problem?.code === 'tls' && view.stale) {
    return [
      immediate(
        'certificate',
        subjectOf(view.id),
        'critical',
        `${view.name}: ${view.problem.message}`,
        view.problem.since,
      ),
    ]
  }
  const { tls } = view
  if (!tls || view.problem?.code === 'refused' || view.status === 'inactive') return []
  if (tls.problem !== null) {
    return [
      immediate(
        'certificate',
        subjectOf(view.id),
        tls.daysLeft < 0 ? 'critical' : 'warning',
        `${view.name}: ${clean(tls.problem)}`,
      ),
    ]
  }
  const { warning, critical } = snapshot.spec.thresholds.certificateDays
  // Expired without a problem: the configuration says that certificates are not judged.
  if (tls.daysLeft < 0 || tls.daysLeft > warning) return []
  const severity = tls.daysLeft <= critical ? 'critical' : 'warning'
  return [
    immediate(
      'certificate',
      subjectOf(view.id),
      severity,
      `${view.name}: its certificate expires in ${tls.daysLeft} d`,
    ),
  ]
}

function outdated(view: ServerView, { snapshot, now }: RuleInput): readonly AlertCondition[] {
  if (view.readAt === null || view.status === 'unknown' || view.status === 'inactive' || view.problem) return []
  const age = now - view.readAt
  if (age <= outdatedAfterMs(snapshot.intervalMs)) return []
  return [
    immediate('stale', subjectOf(view.id), 'warning', `${view.name} was last read ${formatAge(age)} ago`, view.readAt),
  ]
}
