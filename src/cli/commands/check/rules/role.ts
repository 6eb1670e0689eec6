// Whether databases have the expected role: by the command line, else by the servers that use them.

import type { DatabaseView } from '../../../../model/picture/picture.ts'
import { isActivePrimary, isReplica } from '../../../../model/picture/roles.ts'
import { isDown } from '../../../../model/picture/status.ts'
import { UsageError } from '../../../invocation/exit-codes.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { unreadReason, wasPolled } from '../evaluation/readable.ts'
import type { PluginFinding } from '../evaluation/result.ts'

const EXPECTED = ['primary', 'replica', 'cascading-replica'] as const
type Expected = (typeof EXPECTED)[number]

function isExpected(text: string): text is Expected {
  return EXPECTED.some((role) => role === text)
}

function judge(subject: CheckSubject): readonly PluginFinding[] {
  const { expected, databases } = subject
  if (expected !== null && isExpected(expected)) {
    const meant = databases.filter((view) => view.configured || view.id === subject.node)
    return ambiguous(meant, subject) ?? meant.map((view) => evaluateRole(view, expected, subject))
  }
  const findings = databases.map((view) => {
    const implied = impliedRole(view, subject)
    return implied === null ? plain(view, subject) : evaluateRole(view, implied, subject)
  })
  return subject.node === null ? [...onePrimary(subject), ...findings] : findings
}

/** One expectation can't hold for both a primary and its standbys. */
function ambiguous(meant: readonly DatabaseView[], { title }: CheckSubject): readonly PluginFinding[] | null {
  if (meant.length <= 1) return null
  const names = meant.map(({ id }) => title(id)).join(', ')
  throw new UsageError(`--expect is about one database: name it; there are ${names}`)
}

/** The role that the config implies by the types of the servers that use a database; null: none. */
function impliedRole({ id }: DatabaseView, { cluster: { spec } }: CheckSubject): Expected | null {
  const users = spec.servers.filter((server) => server.databaseId === id)
  if (users.length === 0) return null
  const replica = spec.model !== 'mirrored' && users.every((server) => server.type === 'read-only')
  return replica ? 'replica' : 'primary'
}

function evaluateRole(view: DatabaseView, expected: Expected, { title }: CheckSubject): PluginFinding {
  const name = title(view.id)
  if (isDown(view)) {
    const text = `${name} is ${view.status}, expected ${expected}: ${unreadReason(view)}`
    return { status: 'critical', text }
  }
  if (view.role === 'unknown' || view.status === 'unknown') return unknown(view, name)
  const fits = view.role === expected || (expected === 'replica' && isReplica(view))
  if (fits) return { status: 'ok', text: `${name} ${view.role}` }
  return { status: 'critical', text: `${name} is ${view.role}, expected ${expected}` }
}

function plain(view: DatabaseView, { title }: CheckSubject): PluginFinding {
  const name = title(view.id)
  if (view.role === 'unknown' || !wasPolled(view)) return unknown(view, name)
  return { status: 'ok', text: `${name} ${view.role}` }
}

function unknown(view: DatabaseView, name: string): PluginFinding {
  return { status: 'unknown', text: `${name} unknown: ${view.problem ? unreadReason(view) : view.status}` }
}

/** Without a primary nothing can be written. A second one of the same system is a split brain. */
function onePrimary({ databases, picture, cluster }: CheckSubject): readonly PluginFinding[] {
  if (databases.length === 0) return []
  if (picture.alerts.some(({ rule }) => rule === 'split-brain')) {
    return [{ status: 'critical', text: `${cluster.spec.name} has more than one primary` }]
  }
  if (databases.some(isActivePrimary)) return []
  const maybe = databases.some((view) => view.status === 'unknown')
  return [{ status: maybe ? 'unknown' : 'critical', text: `no primary of ${cluster.spec.name} is seen` }]
}

export const roleCheck: CheckRule = {
  title: 'role',
  explains:
    'Whether a database has its expected role. Without `--expect`: a database that only read-only servers use ' +
    'must be a standby, one that other servers use a primary; others may be either, but the cluster must have a ' +
    'primary. A wrong role is critical, and so is a database that is down.',
  subjectKind: 'databases',
  limit: null,
  expectation: {
    what: '`primary`, `replica` (cascading or not) or `cascading-replica`',
    check: (text) => {
      if (!isExpected(text)) throw new UsageError(`--expect ${text}: allowed are ${EXPECTED.join(', ')}`)
    },
  },
  evaluate: judge,
  emptyText: 'no database is known',
}
