// The columns of the access view.

import type { AccessPair, AccessStatus } from '../../../model/reachability/access-pairs.ts'
import { withoutName } from '../../frame/format/fit-text.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { type Span, type Style, span } from '../../frame/format/line.ts'
import { portSpan } from '../../frame/format/status.ts'
import { age, instant, milliseconds, UNKNOWN } from '../../frame/format/values.ts'
import { figures, rest, words } from '../../frame/parts/table.ts'
import type { ListColumn, Scene } from '../list/list-options.ts'
import { AGES, DUE, NUMBERS, SPANS } from '../list/sort-labels.ts'
import { type CertificateRow, type MatrixRow, type PairRow, type PortRow, targetKey, targetsIn } from './rows.ts'

const STYLE: Readonly<Record<AccessStatus, Style>> = { ok: 'ok', fails: 'critical', unknown: 'plain' }
const MARK = { ok: 'ok', fails: 'critical', unknown: 'unknown' } as const satisfies Record<AccessStatus, keyof Glyphs>

/** `● ok`. */
export function statusCell({ status }: AccessPair, { screen: { glyphs } }: Scene): Span {
  return span(`${glyphs[MARK[status]]} ${status}`, STYLE[status])
}

export const PAIR_COLUMNS: readonly ListColumn<PairRow>[] = [
  {
    ...words('name', 'FROM', 0, 6, 20),
    cell: ({ pair }) => span(pair.from),
    order: ({ pair }) => pair.from.toLowerCase(),
  },
  { ...words('need', 'NEEDS', 1, 8, 15), cell: ({ pair }) => span(pair.need, 'dim'), order: ({ pair }) => pair.need },
  { ...words('to', 'TO', 0, 6, 20), cell: ({ pair }) => span(pair.to), order: ({ pair }) => pair.to.toLowerCase() },
  {
    ...words('status', 'STATUS', 0, 9, 9),
    cell: ({ pair }, scene) => statusCell(pair, scene),
    order: ({ pair }) => pair.status,
  },
  {
    ...figures('age', 'AGE', 0, 6),
    cell: ({ pair }, { now }) => span(pair.at === null ? UNKNOWN : age(pair.at, now)),
    reads: AGES,
    order: ({ pair }) => (pair.at === null ? null : -pair.at),
    greatestFirst: true,
  },
  {
    ...words('port', 'PORT', 2, 6, 8),
    cell: ({ pair: { port, portOpen } }, { screen }) =>
      port === null ? span(UNKNOWN) : portSpan(port, portOpen, screen.glyphs),
    reads: NUMBERS,
    order: ({ pair }) => pair.port,
  },
  { ...rest('evidence', 'EVIDENCE', 0, 20), cell: ({ pair }) => span(evidenceText(pair)) },
]

/** What pgdeck is told begins with the name at the other end, which stands beside it already. */
function evidenceText({ need, evidence, to, toId }: AccessPair): string {
  return need === 'watches' ? withoutName(evidence, to, toId ?? '') : evidence
}

/** More ends than these are in the list of pairs only. */
const MATRIX_WIDTH = 16

/** One column for each end that is reached: what there is decides their titles. */
export const MATRIX_COLUMNS: readonly ListColumn<MatrixRow>[] = [
  { ...words('name', 'WHO', 0, 6, 20), cell: ({ from }) => span(from) },
  ...Array.from(
    { length: MATRIX_WIDTH },
    (_, index): ListColumn<MatrixRow> => ({
      ...words(`target ${index + 1}`, '', index + 1, 9, 16),
      heading: ({ cluster }) => targetsIn(cluster)[index]?.name ?? '',
      cell({ pairs }, scene) {
        const key = targetsIn(scene.cluster)[index]?.key
        const pair = pairs.find((each) => targetKey(each) === key)
        return pair ? statusCell(pair, scene) : span('')
      },
    }),
  ),
]

export const PORT_COLUMNS: readonly ListColumn<PortRow>[] = [
  {
    ...words('name', 'NAME', 0, 6, 20),
    cell: ({ node }) => span(node.name),
    order: ({ node }) => node.name.toLowerCase(),
  },
  { ...words('what', 'WHAT', 2, 8, 16), cell: ({ what }) => span(what, 'dim'), order: ({ what }) => what },
  { ...words('address', 'ADDRESS', 1, 9, 32), cell: ({ address }) => span(address), order: ({ address }) => address },
  {
    ...words('port', 'PORT', 0, 12, 14),
    cell: ({ node: { port, portOpen } }, { screen }) => {
      const { text, style } = portSpan(port, portOpen, screen.glyphs)
      // Read aloud the mark is that word already.
      const word = portOpen === null || screen.glyphs.spoken ? '' : portOpen ? ' open' : ' closed'
      return span(`${text}${word}`, style)
    },
    reads: NUMBERS,
    order: ({ node }) => node.port,
  },
  {
    ...figures('answered', 'ANSWERED IN', 3, 11),
    cell: ({ answeredMs }) => span(milliseconds(answeredMs)),
    reads: SPANS,
    order: ({ answeredMs }) => answeredMs,
    greatestFirst: true,
  },
  {
    ...figures('read', 'READ', 0, 6),
    cell: ({ node }, { now }) => span(node.readAt === null ? 'never' : age(node.readAt, now)),
    reads: AGES,
    order: ({ node }) => (node.readAt === null ? null : -node.readAt),
    greatestFirst: true,
  },
  {
    ...rest('problem', 'PROBLEM', 0, 16),
    cell: ({ node }) => span(node.problem ? withoutName(node.problem.message, node.name, node.id) : '', 'warning'),
  },
]

function yes(is: boolean): Span {
  return span(is ? 'yes' : 'no', is ? 'plain' : 'warning')
}

export const CERTIFICATE_COLUMNS: readonly ListColumn<CertificateRow>[] = [
  {
    ...words('name', 'SERVER', 0, 6, 20),
    cell: ({ server }) => span(server.name),
    order: ({ server }) => server.name.toLowerCase(),
  },
  {
    ...figures('days', 'DAYS LEFT', 0, 9),
    cell: ({ tls }, { cluster }) =>
      span(`${tls?.daysLeft ?? UNKNOWN} d`, daysStyle(tls?.daysLeft ?? null, cluster.spec.thresholds.certificateDays)),
    reads: DUE,
    order: ({ tls }) => tls?.daysLeft ?? null,
  },
  {
    ...words('until', 'VALID UNTIL', 3, 19, 19),
    cell: ({ tls }) => span(instant(tls?.validToAt ?? null)),
    reads: DUE,
    order: ({ tls }) => tls?.validToAt ?? null,
  },
  { ...words('matches', 'NAME MATCHES', 2, 5, 12), cell: ({ tls }) => (tls ? yes(tls.nameMatches) : span('')) },
  { ...words('trusted', 'TRUSTED', 1, 5, 7), cell: ({ tls }) => (tls ? yes(tls.trusted) : span('')) },
  { ...figures('read', 'READ', 1, 6), cell: ({ server }, { now }) => span(age(server.readAt, now)) },
  {
    ...words('issuer', 'ISSUER', 4, 8, 32),
    cell: ({ tls }) => span(tls?.issuer ?? ''),
    order: ({ tls }) => tls?.issuer ?? null,
  },
  { ...rest('problem', 'PROBLEM', 0, 16), cell: ({ tls }) => span(tls?.problem ?? '', 'warning') },
]

function daysStyle(
  days: number | null,
  { warning, critical }: { readonly warning: number; readonly critical: number },
): Style {
  if (days === null) return 'plain'
  return days <= critical ? 'critical' : days <= warning ? 'warning' : 'plain'
}
