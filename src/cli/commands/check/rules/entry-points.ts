// Checks of poolers, proxies and addresses.

import type { EntryPointView } from '../../../../model/measured/entry-points/entry-point-view.ts'
import type { AlertRule } from '../../../../model/picture/picture.ts'
import { formatSeconds } from '../../../../model/values/units.ts'
import type { CheckRule, CheckSubject } from '../evaluation/check-rule.ts'
import { evaluateFigure, type PluginFinding } from '../evaluation/result.ts'

type EntryPointRule = Extract<AlertRule, `address-${string}` | `pooler-${string}` | `proxy-${string}`>

const EMPTY: Readonly<Record<EntryPointView['kind'], string>> = {
  address: 'no address is configured',
  pooler: 'no pooler is configured',
  proxy: 'no proxy is configured',
}

interface Meaning {
  readonly kind: EntryPointView['kind']
  readonly title: string
  readonly explains: string
}

/** A check for the alerts of one rule. What does not answer is unknown, unless the alert is about that. */
function entryPointCheck(rule: EntryPointRule, { kind, title, explains }: Meaning): CheckRule {
  return {
    title,
    explains,
    subjectKind: 'entry points',
    limit: null,
    expectation: null,
    evaluate: (subject) => judgeEach(kind, subject, (view) => judge(rule, view, subject)),
    emptyText: EMPTY[kind],
  }
}

function judgeEach(
  kind: EntryPointView['kind'],
  subject: CheckSubject,
  judgeOne: (view: EntryPointView) => readonly PluginFinding[],
): readonly PluginFinding[] {
  return subject.entryPoints.filter((view) => view.kind === kind).flatMap(judgeOne)
}

function judge(rule: EntryPointRule, view: EntryPointView, subject: CheckSubject): readonly PluginFinding[] {
  const { cluster, picture, prefix } = subject
  const found = picture.alerts.filter((alert) => alert.rule === rule && alert.subject.owner === view.id)
  const named = (text: string) => (prefix === '' ? text : `${cluster.spec.name}: ${text}`)
  if (found.length > 0) return found.map(({ severity, message }) => ({ status: severity, text: named(message) }))
  if (view.problem || view.readAt === null) return [unreadEntryPoint(view, subject)]
  return [{ status: 'ok', text: named(okText(view)) }]
}

function unreadEntryPoint({ id, problem }: EntryPointView, { title }: CheckSubject): PluginFinding {
  return { status: 'unknown', text: `${title(id)} can’t be read: ${problem?.message ?? 'it has not answered'}` }
}

/** `vip leads to db-1`. */
function okText({ name, leadsTo }: EntryPointView): string {
  const places = leadsTo.map((each) => each.name).join(', ')
  return places === '' ? name : `${name} leads to ${places}`
}

const poolerWaitingCheck: CheckRule = {
  title: 'clients that wait in poolers',
  explains:
    'How long the client that waits longest in each pooler has waited for a connection to the database. A paused database is left to `pooler-paused`.',
  subjectKind: 'entry points',
  limit: {
    unit: 'seconds',
    worse: 'higher',
    source: '`alerts.poolerWait`',
    limits: (thresholds) => thresholds.poolerWaitSeconds,
  },
  expectation: null,
  evaluate: (subject) => judgeEach('pooler', subject, (view) => judgeWait(view, subject)),
  emptyText: EMPTY.pooler,
}

function judgeWait(view: EntryPointView, subject: CheckSubject): readonly PluginFinding[] {
  const { ranges, title } = subject
  if (view.kind !== 'pooler' || !ranges) return []
  if (view.problem || view.readAt === null) return [unreadEntryPoint(view, subject)]
  const value = Math.max(0, ...view.databases.filter(({ paused }) => !paused).map((each) => each.longestWaitSeconds))
  const text = value === 0 ? 'nobody waits' : `${formatSeconds(value)}, ${view.waiting ?? 0} wait`
  return [evaluateFigure({ name: title(view.id), value, unit: 'seconds', text, min: 0 }, ranges)]
}

export const ENTRY_POINT_CHECKS: Readonly<Record<EntryPointRule, CheckRule>> = {
  'address-elsewhere': entryPointCheck('address-elsewhere', {
    kind: 'address',
    title: 'where addresses lead',
    explains:
      'A new session through each address of the configuration: critical where one that expects the primary leads to another server, a warning for ' +
      'one that expects a standby. Unknown where the address does not answer.',
  }),
  'address-silent': entryPointCheck('address-silent', {
    kind: 'address',
    title: 'addresses without an answer',
    explains:
      'Whether a new session through each address is opened: critical for one that expects the primary, else a warning.',
  }),
  'pooler-disabled': entryPointCheck('pooler-disabled', {
    kind: 'pooler',
    title: 'disabled databases of poolers',
    explains: 'Critical where a database of a pooler is disabled: PgBouncer refuses new clients. `ENABLE` ends it.',
  }),
  'pooler-elsewhere': entryPointCheck('pooler-elsewhere', {
    kind: 'pooler',
    title: 'where poolers lead',
    explains:
      'Critical where a pooler that expects the primary leads to a standby, by its open connections or else by its configuration; a warning for one that ' +
      'expects a standby. A place that is no database of the cluster is judged by the address of the configuration that is there, else not at all.',
  }),
  'pooler-paused': entryPointCheck('pooler-paused', {
    kind: 'pooler',
    title: 'paused poolers',
    explains:
      'Critical where a database of a pooler, or all of it, is paused: its clients wait for `RESUME`. A warning for three minutes while an ' +
      'action of pgdeck that pauses poolers holds the cluster. PgBouncer before 1.20 does not tell that all of it is paused.',
  }),
  'pooler-silent': entryPointCheck('pooler-silent', {
    kind: 'pooler',
    title: 'consoles of poolers',
    explains: 'A warning where the admin console of a pooler does not answer.',
  }),
  'pooler-waiting': poolerWaitingCheck,
  'proxy-elsewhere': entryPointCheck('proxy-elsewhere', {
    kind: 'proxy',
    title: 'where proxies lead',
    explains:
      'Critical where a server that is up in a backend for the primary is a standby; a warning for a backend for standbys that leads to the primary. Servers are ' +
      'known by their addresses, else by their names.',
  }),
  'proxy-no-server': entryPointCheck('proxy-no-server', {
    kind: 'proxy',
    title: 'proxies without a server',
    explains: 'Critical where no server of a backend for the primary is up; a warning for a backend for standbys.',
  }),
  'proxy-silent': entryPointCheck('proxy-silent', {
    kind: 'proxy',
    title: 'statistics of proxies',
    explains: 'A warning where the statistics of a proxy can’t be read.',
  }),
}
