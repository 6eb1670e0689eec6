// View 8: the entries of the audit log, the newest first.

import { AUDIT_CATEGORIES, type AuditCategory } from '../../../model/events/audit-entry.ts'
import type { ServerType } from '../../../model/measured/spec.ts'
import { type ClusterState, MAX_AUDIT_ENTRIES } from '../../../state/state.ts'
import { wrapText } from '../../frame/format/fit-text.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { shortInstant } from '../../frame/format/values.ts'
import { nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import { listPane, listView } from '../list/list.ts'
import type { ListColumn, ListContext, ListPane, ListPaneOptions } from '../list/list-options.ts'
import { TIME_ORDER } from '../list/sort-labels.ts'
import { auditSections, auditVerificationSpan } from './details.ts'
import { type AuditRow, auditPrincipalText, auditResultText, auditRows, principalText } from './rows.ts'

const COLUMNS: readonly ListColumn<AuditRow>[] = [
  {
    ...textColumn('when', 'WHEN', 0, 8, 11),
    cell: ({ entry }, { now }) => span(shortInstant(entry.at, now), 'dim'),
    sortLabels: TIME_ORDER,
    order: ({ entry }) => entry.at,
    greatestFirst: true,
  },
  {
    ...nameColumn('who', 'WHO', 1, 6, 28),
    cell: ({ entry }) => span(auditPrincipalText(entry), entry.category === 'resource' ? 'dim' : 'plain'),
    order: ({ entry }) => principalText(entry.who).toLowerCase(),
  },
  {
    ...textColumn('category', 'CATEGORY', 2, 8, 8),
    cell: ({ entry }) => span(entry.category),
    order: ({ entry }) => entry.category,
  },
  {
    ...nameColumn('server', 'ABOUT', 0, 7, 20),
    cell: ({ name }) => (name === null ? span('the cluster', 'dim') : span(name)),
    order: ({ name }) => name?.toLowerCase() ?? null,
  },
  {
    ...restColumn('what', 'WHAT', 0, 24),
    cell: ({ entry }) => span(entry.what, entry.category === 'user' ? 'strong' : 'plain'),
  },
  { ...textColumn('result', 'RESULT', 3, 6, 24), cell: ({ entry }) => span(auditResultText(entry.result)) },
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
    'A tab for each category and each kind of node; ":audit user" opens one by its name.',
    'Each line holds the hash of the line before. A line that was changed, removed or moved is reported above.',
    `The newest ${MAX_AUDIT_ENTRIES} entries are shown; "pgdeck audit" prints all, "pgdeck audit --verify" verifies them.`,
  ],
  summary,
  isKnown: ({ state: { auditEntries, auditVerification } }) =>
    auditEntries.length > 0 || auditVerification.state === 'whole' || auditVerification.state === 'touched',
  panes: [
    pane({ name: 'all', nothing: 'nothing' }, () => true),
    ...AUDIT_CATEGORIES.map((category) => pane(CATEGORY_TABS[category], (row) => row.entry.category === category)),
    serverPane('primary', 'pri'),
    serverPane('secondary', 'sec'),
    serverPane('read-only', 'ro'),
    pane({ name: 'databases', shortName: 'db', nothing: 'no entry of a database' }, isOf('database')),
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
    search: ({ entry, name: about, serverType }) => [
      entry.what,
      auditPrincipalText(entry),
      entry.category,
      entry.server,
      about,
      serverType,
      auditResultText(entry.result),
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

function summary({ state, now, screen }: ListContext): readonly Line[] {
  const label = span(' Trail  ', 'dim')
  const { text, style } = auditVerificationSpan(state, now, screen.glyphs.critical)
  // Users must be able to read a problem of the audit log to its end.
  return wrapText(text, screen.columns - 9).map((piece, index) => [
    index === 0 ? label : span('        '),
    { text: piece, style },
  ])
}
