// `pgdeck hba audit` for people: what is missing and what to add, then every needed connection with its line.

import { type MissingHbaLine, missingHbaLines } from '../../../model/hba/audit/after-failover.ts'
import type { HbaNodeAudit } from '../../../model/hba/audit/audit.ts'
import type { HbaAuditEntry } from '../../../model/hba/audit/entry.ts'
import { UNICODE_GLYPHS } from '../../../ui/frame/format/glyphs.ts'
import {
  hbaAddressText,
  hbaDatabaseText,
  hbaResultSpan,
  hbaStateSpan,
  hbaUserText,
} from '../../../ui/frame/format/hba.ts'
import { type Line, line, span } from '../../../ui/frame/format/line.ts'
import { healthSpan } from '../../../ui/frame/format/status-text.ts'
import { plural } from '../../../ui/frame/format/values.ts'
import { sectionHeading } from '../../text/headline.ts'
import { type TextColumn, textTable } from '../../text/print.ts'
import { type AuditedCluster, hbaAuditHealth } from './audit-json.ts'

/** The audits as lines, cluster by cluster. */
export function hbaAuditLines(clusters: readonly AuditedCluster[]): readonly Line[] {
  return clusters.flatMap((cluster, index) => [...(index > 0 ? [line('')] : []), ...clusterLines(cluster)])
}

function clusterLines({ name, audit }: AuditedCluster): readonly Line[] {
  const lacking = missingHbaLines(audit)
  return [
    line(span(name, 'title'), ' ', healthSpan(hbaAuditHealth(audit), UNICODE_GLYPHS), ` ${counts(audit.entries)}`),
    ...sectionHeading('FILES'),
    ...textTable(NODE_COLUMNS, audit.nodes),
    ...audit.nodes.flatMap(nodeNotes),
    ...(lacking.length > 0 ? sectionHeading('TO ADD', 'then reload: SELECT pg_reload_conf()') : []),
    ...lacking.flatMap(proposalLines),
    ...sectionHeading('NEEDED CONNECTIONS', plural(audit.entries.length, 'connection')),
    ...textTable(ENTRY_COLUMNS, audit.entries),
  ]
}

/** `4 good, 1 weak, 2 missing`. */
function counts(entries: readonly HbaAuditEntry[]): string {
  const results = new Map<string, number>()
  for (const { result } of entries) results.set(result, (results.get(result) ?? 0) + 1)
  return [...results].map(([result, count]) => `${count} ${result}`).join(', ') || 'no connection is needed'
}

const left = <Row>(title: string, cell: TextColumn<Row>['cell']): TextColumn<Row> => ({ title, align: 'left', cell })

const NODE_COLUMNS: readonly TextColumn<HbaNodeAudit>[] = [
  left('DATABASE', ({ name }) => name),
  left('STATE', (node) => hbaStateSpan(node, UNICODE_GLYPHS)),
  left('FILE', ({ reading }) => (reading?.known ? reading.path : '?')),
  left('WHY', ({ message }) => message),
]

const ENTRY_COLUMNS: readonly TextColumn<HbaAuditEntry>[] = [
  left('WHO', ({ connection }) => connection.from),
  left('NEEDS', ({ connection }) => connection.kind),
  left('ON', ({ connection }) => connection.to),
  left('USER', ({ connection }) => hbaUserText(connection)),
  left('DATABASE', ({ connection }) => hbaDatabaseText(connection)),
  left('FROM', ({ connection }) => hbaAddressText(connection)),
  left('RESULT', (entry) => hbaResultSpan(entry, UNICODE_GLYPHS)),
  left('WHY', ({ message }) => message),
]

function nodeNotes({ name, invalidLines, missing }: HbaNodeAudit): readonly Line[] {
  return [
    ...invalidLines.flatMap(({ problem, explanation, corrected }) => [
      line(
        '  ',
        span(`${UNICODE_GLYPHS.critical} ${name} line ${problem.line ?? '?'}: ${problem.rule ?? ''}`, 'critical'),
      ),
      line(`    ${explanation}`),
      ...(corrected === null ? [] : [line(`    ${UNICODE_GLYPHS.arrow} `, span(corrected, 'strong'))]),
    ]),
    ...missing.flatMap(({ what, grant }) => [
      line('  ', span(`${UNICODE_GLYPHS.unknown} ${name}: this role may not read ${what}`)),
      line(`    ${UNICODE_GLYPHS.arrow} `, span(grant)),
    ]),
  ]
}

function proposalLines({
  to,
  file,
  before,
  replaces,
  line: text,
  allowedClients,
  notes,
}: MissingHbaLine): readonly Line[] {
  const where =
    replaces !== null ? `instead of line ${replaces}` : before === null ? 'at the end' : `before line ${before}`
  return [
    line(`  ${to}: ${file}, ${where}`),
    line('    ', span(text, 'strong')),
    line(
      allowedClients.length > 0 ? `    admits ${allowedClients.join(', ')}` : '    so that the server accepts the file',
    ),
    ...notes.map((note) => line(`    ${note}`)),
  ]
}
