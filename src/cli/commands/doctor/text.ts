// The findings of `pgdeck doctor` for people: this host, then each cluster with its nodes.

import type { DoctorFinding, DoctorLevel, InspectedDatabase } from '../../../model/doctor/doctor.ts'
import type { DatabasePulse } from '../../../model/measured/pulse.ts'
import { isReadAsPrimary } from '../../../model/picture/roles.ts'
import { EMPTY_LINE, type Line, span, type TextStyle } from '../../../ui/frame/format/line.ts'
import { type TextColumn, textTable } from '../../text/print.ts'

/** One cluster as it was examined. */
export interface ExaminedCluster {
  readonly name: string
  readonly nodes: readonly InspectedDatabase[]
  readonly findings: readonly DoctorFinding[]
}

const WORDS: Readonly<Record<DoctorLevel, readonly [word: string, style: TextStyle]>> = {
  ok: ['ok', 'ok'],
  info: ['note', 'dim'],
  warning: ['WARNING', 'warning'],
  critical: ['CRITICAL', 'critical'],
  unknown: ['unknown', 'warning'],
}

/** A standby alone does not show whether it cascades. */
export function doctorRole(pulse: DatabasePulse): 'primary' | 'replica' {
  return isReadAsPrimary({ pulse }) ? 'primary' : 'replica'
}

/** This host. */
export function doctorHostSection(findings: readonly DoctorFinding[]): readonly Line[] {
  return [[span('THIS HOST', 'title')], ...findings.flatMap(findingLines)]
}

/** One cluster: its nodes in a table, then the findings, the worst first. */
export function doctorClusterSection({ name, nodes, findings }: ExaminedCluster): readonly Line[] {
  const order: readonly DoctorLevel[] = ['critical', 'warning', 'unknown', 'info', 'ok']
  const sorted = order.flatMap((level) => findings.filter((finding) => finding.level === level))
  const nothingWrong: Line = [span('  '), span('ok', 'ok'), span('        nothing to repair')]
  const isSomethingWrong = findings.some(({ level }) => level !== 'info' && level !== 'ok')
  return [
    EMPTY_LINE,
    [span('CLUSTER ', 'title'), span(name, 'title')],
    ...textTable(COLUMNS, nodes),
    ...sorted.flatMap(findingLines),
    ...(isSomethingWrong ? [] : [nothingWrong]),
  ]
}

function findingLines({ area, level, subject, text, next }: DoctorFinding): readonly Line[] {
  const [word, style] = WORDS[level]
  const about = `${area}${subject === null ? '' : ` ${subject}`}: `
  return [
    [span('  '), span(word.padEnd(10), style), span(about, 'dim'), span(text)],
    ...next.map((step) => [span(' '.repeat(14)), span(step, 'accent')]),
  ]
}

const COLUMNS: readonly TextColumn<InspectedDatabase>[] = [
  { title: 'NODE', align: 'left', cell: ({ id }) => id },
  {
    title: 'ROLE',
    align: 'left',
    cell: ({ pulse }) => (pulse ? doctorRole(pulse) : '?'),
  },
  { title: 'VERSION', align: 'left', cell: ({ pulse }) => pulse?.version.split(' ')[0] ?? '?' },
  { title: 'CLOCK', align: 'right', cell: ({ pulse }) => (pulse ? `${Math.round(pulse.clockOffsetMs)} ms` : '?') },
  {
    title: 'AS',
    align: 'left',
    cell: ({ facts }) => (facts ? `${facts.role}${facts.superuser ? ' (superuser)' : ''}` : '?'),
  },
  { title: 'PRIVILEGES', align: 'left', cell: ({ facts }) => (facts ? share(facts.privileges) : '?') },
  { title: 'HBA RULES', align: 'right', cell: ({ hba }) => (hba?.known ? String(hba.rules.records.length) : '?') },
  {
    title: 'EXTENSIONS',
    align: 'right',
    cell: ({ facts }) => (facts ? String(Object.keys(facts.installed).length) : '?'),
  },
]

function share(privileges: readonly { readonly granted: boolean }[]): string {
  return `${privileges.filter(({ granted }) => granted).length} of ${privileges.length}`
}
