// View 8: the entries of the audit log and of the applications' own audits, the newest first.

import { AUDIT_CATEGORIES, type AuditCategory } from '../../../model/events/audit-entry.ts'
import type { ServerType } from '../../../model/measured/spec.ts'
import { mirroredIds } from '../../../model/replication/mirrored-pair.ts'
import { type ClusterState, MAX_AUDIT_ENTRIES } from '../../../state/state.ts'
import { span } from '../../frame/format/line.ts'
import { shortInstant } from '../../frame/format/values.ts'
import { nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListColumn, ListPane, ListPaneOptions } from '../list/list-options.ts'
import { TIME_ORDER } from '../list/sort-labels.ts'
import { auditSections } from './details.ts'
import { type AuditRow, auditOutages, auditRows } from './rows.ts'
import { auditSummary, hasApplicationAudit } from './summary.ts'

const COLUMNS: readonly ListColumn<AuditRow>[] = [
  {
    ...textColumn('when', 'WHEN', 0, 8, 11),
    cell: ({ at }, { now }) => span(shortInstant(at, now), 'dim'),
    sortLabels: TIME_ORDER,
    order: ({ placedAt }) => placedAt,
    greatestFirst: true,
  },
  {
    ...textColumn('source', 'SOURCE', 0, 6, 6),
    isShown: ({ cluster }) => hasApplicationAudit(cluster),
    cell: ({ origin }) => (origin.kind === 'pgdeck' ? span('pgdeck', 'dim') : span('app', 'accent')),
    order: ({ origin }) => origin.kind,
  },
  {
    ...textColumn('who', 'WHO', 1, 10, 28),
    yields: true,
    cell: ({ who, origin, category }) =>
      span(who, origin.kind === 'pgdeck' && category === 'resource' ? 'dim' : 'plain'),
    order: ({ who }) => who.replace(/^seen by /, '').toLowerCase(),
  },
  {
    ...textColumn('category', 'CATEGORY', 2, 8, 16),
    cell: ({ categoryText }) => span(categoryText),
    order: ({ categoryText }) => categoryText,
  },
  {
    ...nameColumn('server', 'ABOUT', 0, 7, 20),
    cell: ({ name }) => (name === null ? span('the cluster', 'dim') : span(name)),
    order: ({ name }) => name?.toLowerCase() ?? null,
  },
  {
    ...textColumn('outage', 'OUTAGE', 0, 6, 12),
    isShown: ({ state, cluster }) => auditOutages(state, cluster).length > 0,
    cell: ({ outageSide }) => span(outageSide ?? '', 'warning'),
    order: ({ outageSide }) => outageSide,
  },
  {
    ...restColumn('what', 'WHAT', 0, 24),
    cell: ({ what, category }) => span(what, category === 'user' ? 'strong' : 'plain'),
  },
  { ...textColumn('result', 'RESULT', 3, 6, 24), cell: ({ result }) => span(result) },
]

/** A tab for each category of `pgdeck audit --category`. */
const CATEGORY_TABS: Readonly<Record<AuditCategory, Tab>> = {
  resource: { name: 'resource', shortName: 'res', nothing: 'no change of state' },
  user: { name: 'user', nothing: 'no action of a user' },
  task: { name: 'task', nothing: 'no automatic work' },
}

export const auditView = listView({
  id: 'audit',
  key: '8',
  title: 'audit',
  needs: [],
  readsTrail: true,
  guide: [
    'The audit log in the state directory: state changes (resource), actions of people (user), scheduled work (task).',
    'SOURCE app: an entry of the application itself, read by "audit" of its server while this view is open. It is in no hash chain.',
    'Entries stand by time; those of a host whose clock is 2 s wrong or more stand where they belong, with the time that they have.',
    'OUTAGE, and a tab of that name: what each side of a mirrored cluster wrote while no changes were exchanged.',
    'A tab for each category and each kind of node; ":audit user" opens one by its name.',
    'Each line holds the hash of the line before. A line that was changed, removed or moved is reported above.',
    `The newest ${MAX_AUDIT_ENTRIES} entries are shown; "pgdeck audit" prints all, "pgdeck audit --verify" verifies them.`,
  ],
  summary: auditSummary,
  isKnown: ({ state: { auditEntries, auditVerification }, cluster }) =>
    auditEntries.length > 0 ||
    cluster.servers.some(({ audits = [] }) => audits.some(({ entries }) => entries.length > 0)) ||
    auditVerification.state === 'copied' ||
    auditVerification.state === 'whole' ||
    auditVerification.state === 'touched',
  panes: [
    pane({ name: 'all', nothing: 'nothing' }, () => true),
    ...AUDIT_CATEGORIES.map((category) => pane(CATEGORY_TABS[category], (row) => row.category === category)),
    serverPane('primary', 'pri'),
    serverPane('secondary', 'sec'),
    serverPane('read-only', 'ro'),
    pane({ name: 'databases', shortName: 'db', nothing: 'no entry of a database' }, isOf('database')),
    pane(
      {
        name: 'outage',
        shortName: 'cut',
        nothing: 'no entry of an outage of the exchange',
        isOffered: ({ spec }) => mirroredIds(spec) !== null,
      },
      ({ outageSide }) => outageSide !== null,
    ),
  ],
})

function isOf(type: AuditRow['serverType']) {
  return ({ serverType }: AuditRow) => serverType === type
}

/** The tab of the servers of a type, in clusters that have one. */
function serverPane(type: ServerType, shortName: string): ListPane {
  const isOffered = ({ servers }: ClusterState) => servers.some(({ spec }) => spec.type === type)
  return pane({ name: type, shortName, nothing: `no entry of a ${type} server`, isOffered }, isOf(type))
}

interface Tab extends Pick<ListPaneOptions<AuditRow>, 'name' | 'shortName' | 'isOffered'> {
  /** What it says of none: `no action of a user`. */
  readonly nothing: string
}

function pane({ nothing, ...tab }: Tab, isIn: (row: AuditRow) => boolean): ListPane {
  return listPane<AuditRow>({
    ...tab,
    rowNoun: 'entries',
    columns: COLUMNS,
    rows: (state, cluster) => auditRows(state, cluster).filter(isIn),
    search: ({ what, who, categoryText, server, name, serverType, result, origin }) => [
      what,
      who,
      categoryText,
      server,
      name,
      serverType,
      result,
      origin.kind === 'pgdeck' ? 'pgdeck' : 'app application',
    ],
    empty: ({ state }) => {
      if (state.auditVerification.state === 'unreadable') return 'the audit log can’t be read'
      return state.auditVerification.state === 'unread'
        ? 'reading the audit log'
        : `${nothing} is noted of this cluster yet`
    },
    sections: auditSections,
    goneText: `this entry is no longer among the newest ${MAX_AUDIT_ENTRIES}`,
  })
}
