// The columns of the access view.

import type { AccessPair, AccessStatus } from '../../../model/reachability/access-pairs.ts'
import { withoutName } from '../../frame/format/fit-text.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { span, type TextSpan, type TextStyle } from '../../frame/format/line.ts'
import { portSpan } from '../../frame/format/status-text.ts'
import { age, instant, milliseconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { figureColumn, nameColumn, restColumn, textColumn } from '../../frame/parts/table.ts'
import type { ListColumn, ListContext } from '../list/list-options.ts'
import { AGE_ORDER, DUE_ORDER, DURATION_ORDER, NUMBER_ORDER } from '../list/sort-labels.ts'
import {
  type AccessMatrixRow,
  type AccessPairRow,
  accessTargetKey,
  accessTargetsIn,
  type CertificateRow,
  type PortRow,
} from './rows.ts'

const STYLE: Readonly<Record<AccessStatus, TextStyle>> = { ok: 'ok', fails: 'critical', unknown: 'plain' }
const MARK = { ok: 'ok', fails: 'critical', unknown: 'unknown' } as const satisfies Record<AccessStatus, keyof Glyphs>

/** `● ok`. */
export function accessStatusCell({ status }: AccessPair, { screen: { glyphs } }: ListContext): TextSpan {
  return span(`${glyphs[MARK[status]]} ${status}`, STYLE[status])
}

export const ACCESS_PAIR_COLUMNS: readonly ListColumn<AccessPairRow>[] = [
  {
    ...nameColumn('name', 'FROM', 0, 6, 20),
    cell: ({ pair }) => span(pair.from),
    order: ({ pair }) => pair.from.toLowerCase(),
  },
  {
    ...textColumn('need', 'NEEDS', 1, 8, 15),
    cell: ({ pair }) => span(pair.purpose, 'dim'),
    order: ({ pair }) => pair.purpose,
  },
  {
    ...nameColumn('to', 'TO', 0, 6, 20),
    cell: ({ pair }) => span(pair.to),
    order: ({ pair }) => pair.to.toLowerCase(),
  },
  {
    ...textColumn('status', 'STATUS', 0, 9, 9),
    cell: ({ pair }, context) => accessStatusCell(pair, context),
    order: ({ pair }) => pair.status,
  },
  {
    ...figureColumn('age', 'AGE', 0, 6),
    cell: ({ pair }, { now }) => span(pair.at === null ? UNKNOWN_TEXT : age(pair.at, now)),
    sortLabels: AGE_ORDER,
    order: ({ pair }) => (pair.at === null ? null : -pair.at),
    greatestFirst: true,
  },
  {
    ...textColumn('port', 'PORT', 2, 6, 8),
    cell: ({ pair: { port, portOpen } }, { screen }) =>
      port === null ? span(UNKNOWN_TEXT) : portSpan(port, portOpen, screen.glyphs),
    sortLabels: NUMBER_ORDER,
    order: ({ pair }) => pair.port,
  },
  { ...restColumn('evidence', 'EVIDENCE', 0, 20), cell: ({ pair }) => span(evidenceText(pair)) },
]

/** pgdeck's own error begins with the name of the other end, which the row shows already. */
function evidenceText({ purpose, evidence, to, toId }: AccessPair): string {
  return purpose === 'watches' ? withoutName(evidence, to, toId ?? '') : evidence
}

/** With more ends than these, only the list of pairs shows them. */
const MATRIX_WIDTH = 16

/** One column for each end. The ends decide the titles. */
export const ACCESS_MATRIX_COLUMNS: readonly ListColumn<AccessMatrixRow>[] = [
  { ...nameColumn('name', 'WHO', 0, 6, 20), cell: ({ from }) => span(from) },
  ...Array.from(
    { length: MATRIX_WIDTH },
    (_, index): ListColumn<AccessMatrixRow> => ({
      ...textColumn(`target ${index + 1}`, '', index + 1, 9, 16),
      heading: ({ cluster }) => accessTargetsIn(cluster)[index]?.name ?? '',
      cell({ pairs }, context) {
        const key = accessTargetsIn(context.cluster)[index]?.key
        const pair = pairs.find((each) => accessTargetKey(each) === key)
        return pair ? accessStatusCell(pair, context) : span('')
      },
    }),
  ),
]

export const PORT_COLUMNS: readonly ListColumn<PortRow>[] = [
  {
    ...nameColumn('name', 'NAME', 0, 6, 20),
    cell: ({ node }) => span(node.name),
    order: ({ node }) => node.name.toLowerCase(),
  },
  { ...textColumn('what', 'WHAT', 2, 8, 16), cell: ({ what }) => span(what, 'dim'), order: ({ what }) => what },
  {
    ...nameColumn('address', 'ADDRESS', 1, 9, 32),
    cell: ({ address }) => span(address),
    order: ({ address }) => address,
  },
  {
    ...textColumn('port', 'PORT', 0, 12, 14),
    cell: ({ node: { port, portOpen } }, { screen }) => {
      const { text, style } = portSpan(port, portOpen, screen.glyphs)
      // A screen reader's mark is that word already.
      const word = portOpen === null || screen.glyphs.forScreenReader ? '' : portOpen ? ' open' : ' closed'
      return span(`${text}${word}`, style)
    },
    sortLabels: NUMBER_ORDER,
    order: ({ node }) => node.port,
  },
  {
    ...figureColumn('answered', 'ANSWERED IN', 3, 11),
    cell: ({ answeredMs }) => span(milliseconds(answeredMs)),
    sortLabels: DURATION_ORDER,
    order: ({ answeredMs }) => answeredMs,
    greatestFirst: true,
  },
  {
    ...figureColumn('read', 'READ', 0, 6),
    cell: ({ node }, { now }) => span(node.readAt === null ? 'never' : age(node.readAt, now)),
    sortLabels: AGE_ORDER,
    order: ({ node }) => (node.readAt === null ? null : -node.readAt),
    greatestFirst: true,
  },
  {
    ...restColumn('problem', 'PROBLEM', 0, 16),
    cell: ({ node }) => span(node.problem ? withoutName(node.problem.message, node.name, node.id) : '', 'warning'),
  },
]

function yes(is: boolean): TextSpan {
  return span(is ? 'yes' : 'no', is ? 'plain' : 'warning')
}

export const CERTIFICATE_COLUMNS: readonly ListColumn<CertificateRow>[] = [
  {
    ...nameColumn('name', 'SERVER', 0, 6, 20),
    cell: ({ node }) => span(node.name),
    order: ({ node }) => node.name.toLowerCase(),
  },
  {
    ...figureColumn('days', 'DAYS LEFT', 0, 9),
    cell: ({ tls }, { cluster }) =>
      span(
        `${tls?.daysLeft ?? UNKNOWN_TEXT} d`,
        daysStyle(tls?.daysLeft ?? null, cluster.spec.thresholds.certificateDays),
      ),
    sortLabels: DUE_ORDER,
    order: ({ tls }) => tls?.daysLeft ?? null,
  },
  {
    ...textColumn('until', 'VALID UNTIL', 3, 19, 19),
    cell: ({ tls }) => span(instant(tls?.validToAt ?? null)),
    sortLabels: DUE_ORDER,
    order: ({ tls }) => tls?.validToAt ?? null,
  },
  { ...textColumn('matches', 'NAME MATCHES', 2, 5, 12), cell: ({ tls }) => (tls ? yes(tls.nameMatches) : span('')) },
  { ...textColumn('trusted', 'TRUSTED', 1, 5, 7), cell: ({ tls }) => (tls ? yes(tls.trusted) : span('')) },
  { ...figureColumn('read', 'READ', 1, 6), cell: ({ node }, { now }) => span(age(node.readAt, now)) },
  {
    ...nameColumn('issuer', 'ISSUER', 4, 8, 32),
    cell: ({ tls }) => span(tls?.issuer ?? ''),
    order: ({ tls }) => tls?.issuer ?? null,
  },
  { ...restColumn('problem', 'PROBLEM', 0, 16), cell: ({ tls }) => span(tls?.problem ?? '', 'warning') },
]

function daysStyle(
  days: number | null,
  { warning, critical }: { readonly warning: number; readonly critical: number },
): TextStyle {
  if (days === null) return 'plain'
  return days <= critical ? 'critical' : days <= warning ? 'warning' : 'plain'
}
