// Who serves the users, and whether several databases accept writes.

import { commitsWaitAlert } from '../../../../model/picture/commits-wait.ts'
import type { Alert, Picture } from '../../../../model/picture/picture.ts'
import { isActivePrimary } from '../../../../model/picture/roles.ts'
import { isRefusal, saysInRecovery } from '../../../../model/values/fault.ts'
import { listText } from '../../../../model/values/text.ts'
import { displayNameOf, findNode, servingKind } from '../../../../state/select/cluster.ts'
import { accessLabel } from '../../../../ui/frame/format/status-text.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { unreadReason } from '../evaluation/readable.ts'
import type { PluginFinding, PluginStatus } from '../evaluation/result.ts'

function alertOf({ alerts }: Picture, wanted: Alert['rule']): Alert | undefined {
  return alerts.find(({ rule }) => rule === wanted)
}

/** The name of the cluster, if there are several. */
function named(text: string, { cluster, prefix }: CheckSubject): string {
  return prefix === '' ? text : `${cluster.spec.name}: ${text}`
}

function judgeServing(subject: CheckSubject, readOnly: PluginStatus): readonly PluginFinding[] {
  const { picture } = subject
  if (picture.serving === null) {
    const nobody = alertOf(picture, 'nobody-serves')
    if (nobody) return [{ status: 'critical', text: named(nobody.message, subject) }]
    return [{ status: 'unknown', text: named('unknown who serves the users', subject) }]
  }
  const { id, access } = picture.serving
  const node = findNode(picture, id)
  const kind = servingKind(node)
  const text = `${subject.title(id)} (${kind ?? 'unknown'}, ${accessLabel(access)})`
  const waits = commitsWaitAlert(picture)
  if (waits) return [{ status: waits.severity, text: `${text}, but ${waits.message}` }]
  return [{ status: access === 'read-only' ? readOnly : 'ok', text }]
}

export const servingCheck: CheckRule = {
  title: 'users are served by',
  explains: 'Who serves the users: critical when nobody does, a warning when access is read-only.',
  subjectKind: 'clusters',
  limit: null,
  expectation: null,
  evaluate: (subject) => judgeServing(subject, 'warning'),
  emptyText: 'nothing is watched',
}

export const nobodyServesCheck: CheckRule = {
  ...servingCheck,
  explains: 'Critical when no server serves the users; any access is OK.',
  evaluate: (subject) => judgeServing(subject, 'ok'),
}

/**
 * Only a refused port and a server in recovery prove that nothing accepts writes there. An invisible database may, and so
 * may one that shuts down: the clients of a smart shutdown stay.
 */
function splitBrainOf(subject: CheckSubject): readonly PluginFinding[] {
  const { picture } = subject
  const split = picture.alerts.filter(({ rule }) => rule === 'split-brain')
  if (split.length > 0) return split.map(({ message }) => ({ status: 'critical', text: named(message, subject) }))
  const unseen = picture.databases.filter(({ problem, readAt }) =>
    problem ? !isRefusal(problem) && !saysInRecovery(problem) : readAt === null,
  )
  if (unseen.length > 0) {
    return unseen.map((view) => ({
      status: 'unknown',
      text: `${subject.title(view.id)} may be writable, it can’t be read: ${unreadReason(view)}`,
    }))
  }
  const writable = picture.databases.filter(isActivePrimary)
  const names = listText(writable.map(({ id }) => displayNameOf(picture, id)))
  if (picture.databases.length === 0) return []
  return [{ status: 'ok', text: named(`none, writable: ${names || 'no database'}`, subject) }]
}

export const splitBrainCheck: CheckRule = {
  title: 'split brain',
  explains:
    'Critical when two databases with one system identifier are writable. Unknown while a database that may be writable can’t be ' +
    'read; one whose port refuses connections is not counted.',
  subjectKind: 'clusters',
  limit: null,
  expectation: null,
  evaluate: splitBrainOf,
  emptyText: 'no database is known',
}
