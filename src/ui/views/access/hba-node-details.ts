// The details of one server or database: the connections that its pg_hba.conf must permit, and those that it makes
// itself.

import { missingHbaLines } from '../../../model/hba/audit/after-failover.ts'
import type { HbaNodeAudit } from '../../../model/hba/audit/audit.ts'
import type { HbaAuditEntry } from '../../../model/hba/audit/entry.ts'
import { HBA_WEAKNESS_TEXT } from '../../../model/hba/audit/weaknesses.ts'
import { hbaResultSpan, hbaStateSpan } from '../../frame/format/hba.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { instant, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { hbaRuleText } from './hba-columns.ts'
import { hbaReadText, linePositionText } from './hba-details.ts'
import type { HbaNodeRow } from './hba-rows.ts'

export function hbaNodeSections({ node, name, audit, id }: HbaNodeRow, context: ListContext): readonly DetailSection[] {
  const inward = audit.entries.filter(({ connection }) => connection.toId === id)
  const outward = audit.entries.filter(({ connection }) => connection.fromId === id)
  const lacking = missingHbaLines(audit)
  return [
    ...(node ? fileSections(node, context) : []),
    { title: `TO ADD FOR ${name}`, age: '', fields: lacking.flatMap((each) => addLines(each)) },
    {
      title: `CONNECTIONS NEEDED TO ${name}`,
      age: '',
      fields: inward.map((entry) => entryLine(entry, 'from', context)),
    },
    {
      title: `CONNECTIONS NEEDED BY ${name}`,
      age: '',
      fields: outward.map((entry) => entryLine(entry, 'to', context)),
    },
    ...(node ? [{ title: 'WEAK LINES', age: '', fields: weakLines(node) }] : []),
    {
      title: 'HIDDEN FROM THIS ROLE',
      age: '',
      fields: audit.nodes
        .filter((each) => !node || each.id === id)
        .flatMap(({ name: of, missing }) => missing.flatMap(({ what, grant }) => detailField(`${of}: ${grant}`, what))),
    },
  ]
}

function fileSections(node: HbaNodeAudit, context: ListContext): readonly DetailSection[] {
  const { reading, message, invalidLines } = node
  const state = hbaStateSpan(node, context.screen.glyphs)
  return [
    {
      title: `pg_hba.conf of ${node.name}`,
      age: hbaReadText(node, context),
      fields: [
        ...detailField('rules', state.text, state.style),
        ...detailField('why', message, 'strong'),
        ...detailField('file', reading?.known ? reading.path : null),
        ...detailField('changed', reading?.known && reading.changedAt !== null ? instant(reading.changedAt) : null),
        ...detailField('read as', reading?.known ? SOURCES[reading.source] : null),
      ],
    },
    {
      title: 'BROKEN LINES',
      age: '',
      fields: invalidLines.flatMap(({ problem, explanation, corrected }) => [
        ...detailField(`line ${problem.line ?? UNKNOWN_TEXT}`, problem.rule ?? problem.error, 'critical'),
        ...detailField('what is wrong', explanation),
        ...detailField('probable intent', corrected, 'strong'),
      ]),
    },
  ]
}

const SOURCES = {
  'file-by-sql': 'the file, through SQL',
  'file-by-host': 'the file, on its host',
  'rules-view': 'pg_hba_file_rules: a quoted name looks like a keyword there',
} as const

/** The width of the longest, `may replicate from`, and a gap. */
const KIND = 20

function entryLine(entry: HbaAuditEntry, end: 'from' | 'to', { screen }: ListContext): Line {
  const { connection, decision } = entry
  const result = hbaResultSpan(entry, screen.glyphs)
  const line = decision?.line == null ? '' : `line ${decision.line}: `
  return [
    span(result.text.padEnd(12), result.style),
    span(connection[end].padEnd(10), 'strong'),
    span(` ${connection.kind.padEnd(KIND)}`, 'dim'),
    span(entry.proposal ? hbaRuleText(entry) : `${line}${hbaRuleText(entry)}`),
  ]
}

function addLines(each: ReturnType<typeof missingHbaLines>[number]): readonly (DetailField | Line)[] {
  return [
    [span(each.line, 'strong')],
    [
      span(
        `  on ${each.to}, ${each.file}, ${linePositionText(each)}: ${each.allowedClients.length > 0 ? `admits ${each.allowedClients.join(', ')}` : 'so that the server accepts the file'}`,
        'dim',
      ),
    ],
    ...each.notes.map((note): Line => [span(`  ${note}`)]),
  ]
}

function weakLines({ weak }: HbaNodeAudit): readonly Line[] {
  return weak.map(
    ({ record, weaknesses }): Line => [
      span(`${String(record.line).padStart(4)}  ${record.rule}`),
      span(`   ${weaknesses.map((each) => HBA_WEAKNESS_TEXT[each]).join(', ')}`, 'warning'),
    ],
  )
}
