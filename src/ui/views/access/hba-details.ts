// The details of a needed connection, with the reasons line by line.

import type { HbaNodeAudit } from '../../../model/hba/audit/audit.ts'
import type { HbaAuditEntry } from '../../../model/hba/audit/entry.ts'
import type { HbaMismatch } from '../../../model/hba/match/match.ts'
import { toHbaRuleset } from '../../../model/hba/match/ruleset.ts'
import type { SourcedValue } from '../../../model/hba/required/required-connection.ts'
import { hbaDatabaseText, hbaResultSpan } from '../../frame/format/hba.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { age, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import type { HbaEntryRow } from './hba-rows.ts'

const WHY_NOT: Readonly<Record<HbaMismatch, string>> = {
  type: 'its connection type differs (socket or network)',
  encryption: 'its encryption differs',
  address: 'its address differs',
  database: 'its database differs',
  user: 'its user differs',
}

export function hbaEntrySections({ entry, audit }: HbaEntryRow, context: ListContext): readonly DetailSection[] {
  const { connection, decision, tls, message } = entry
  const node = audit.nodes.find(({ id }) => id === connection.toId)
  const result = hbaResultSpan(entry, context.screen.glyphs)
  return [
    {
      title: `${connection.from} ${connection.kind} ${connection.to}`,
      age: hbaReadText(node, context),
      fields: [
        ...detailField('result', result.text, result.style),
        ...detailField('why', message, 'strong'),
        ...detailField('deciding line', decision?.rule == null ? null : `${decision.line}: ${decision.rule}`),
        ...detailField('user', sourcedText(connection.user)),
        ...detailField(
          'database',
          connection.replication ? hbaDatabaseText(connection) : sourcedText(connection.database),
        ),
        ...detailField(
          'comes from',
          connection.local ? `the Unix socket (${connection.address.source})` : sourcedText(connection.address),
        ),
        ...detailField('TLS', connection.local || tls === null ? null : tls ? 'with TLS' : 'without TLS'),
        ...detailField('rules', node?.message ?? null),
      ],
    },
    { title: 'TO ADD', age: '', fields: proposalFacts(entry) },
    { title: 'REASONING', age: 'all lines up to the deciding one', fields: reasoning(entry, node) },
  ]
}

/** When the rules of a database were read. */
export function hbaReadText(node: HbaNodeAudit | undefined, { now }: ListContext): string {
  return node?.reading ? `read ${age(node.reading.readAt, now)} ago` : 'not read'
}

function sourcedText({ value, source, assumed }: SourcedValue): string {
  return `${value ?? UNKNOWN_TEXT} (${assumed ? 'likely: ' : ''}${source})`
}

function proposalFacts({ proposal }: HbaAuditEntry): readonly DetailField[] {
  if (!proposal) return []
  return [
    ...detailField('line', proposal.line, 'strong'),
    ...detailField('file', proposal.file),
    ...detailField('place', linePositionText(proposal)),
    ...proposal.notes.flatMap((note) => detailField('note', note)),
    ...detailField('then', 'SELECT pg_reload_conf()'),
  ]
}

/** The place of the line in its file. */
export function linePositionText({
  before,
  replaces,
}: {
  readonly before: number | null
  readonly replaces: number | null
}): string {
  if (replaces !== null) return `instead of line ${replaces}`
  return before === null ? 'at the end' : `before line ${before}`
}

function reasoning({ decision, connection }: HbaAuditEntry, node: HbaNodeAudit | undefined): readonly Line[] {
  if (!decision || !node?.reading?.known) return []
  const { records } = toHbaRuleset(node.reading)
  const lines = decision.consideredLines.map(({ file, line, matches, mismatch }): Line => {
    const rule = records.find((record) => record.file === file && record.line === line)?.rule ?? ''
    const why = mismatch === null ? 'decides' : WHY_NOT[mismatch]
    return [
      span(`${String(line).padStart(4)}  `, 'dim'),
      span(rule, matches ? 'strong' : 'plain'),
      span(`   ${why}`, matches ? 'accent' : 'dim'),
    ]
  })
  if (decision.result !== 'no-match') return lines
  return [...lines, [span('      '), span(`no line matches: ${connection.to} refuses the connection`, 'warning')]]
}
