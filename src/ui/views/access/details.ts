// The details of one pair, one client, one port.

import type { AccessPair, AccessPurpose } from '../../../model/reachability/access-pairs.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { portStateText } from '../../frame/format/status-text.ts'
import { age, instant, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import type { ListContext } from '../list/list-options.ts'
import { accessStatusCell } from './columns.ts'
import type { AccessMatrixRow, AccessPairRow } from './rows.ts'

const WHY: Readonly<Record<AccessPurpose, string>> = {
  uses: 'it is its database',
  'may use': 'that database may become the primary',
  'replicates from': 'it receives WAL from there',
  watches: 'pgdeck reads it from here',
  ssh: 'pgdeck reads its host from here',
}

export function accessPairSections({ pair }: AccessPairRow, context: ListContext): readonly DetailSection[] {
  const { now, picture } = context
  const status = accessStatusCell(pair, context)
  const nodes = [...(picture?.servers ?? []), ...(picture?.databases ?? [])]
  const problem = nodes.find(({ id }) => id === pair.toId)?.problem ?? null
  return [
    {
      title: `${pair.from} ${context.screen.glyphs.arrow} ${pair.to}`,
      age:
        pair.at === null
          ? 'no connection was seen'
          : `${pair.status === 'fails' ? 'for' : 'seen'} ${ageText(pair, now)}`,
      fields: [
        ...detailField('status', status.text, status.style),
        ...detailField('evidence', pair.evidence, 'strong'),
        ...detailField(pair.status === 'fails' ? 'since' : 'seen at', instant(pair.at)),
        ...detailField('why it is needed', WHY[pair.purpose]),
        ...detailField(
          'port, from this host',
          pair.port === null ? UNKNOWN_TEXT : `${pair.port} ${portStateText(pair.portOpen)}`,
        ),
      ],
    },
    {
      title: `PROBLEM OF ${pair.to}`,
      age: problem ? `for ${age(problem.since, now)}` : '',
      fields: problem
        ? [
            ...detailField('what happened', problem.message, 'warning'),
            ...detailField('what to do', problem.hint, 'strong'),
          ]
        : [],
    },
  ]
}

function ageText({ at, status }: AccessPair, now: number): string {
  return status === 'fails' ? age(at, now) : `${age(at, now)} ago`
}

export function accessClientSections({ from, pairs }: AccessMatrixRow, context: ListContext): readonly DetailSection[] {
  return [
    {
      title: from,
      age: 'needed connections',
      fields: pairs.map((pair): Line => {
        const status = accessStatusCell(pair, context)
        return [
          span(status.text.padEnd(11), status.style),
          span(`${pair.purpose} `, 'dim'),
          span(pair.to, 'strong'),
          span(`   ${pair.evidence}`),
          span(pair.at === null ? '' : `   ${ageText(pair, context.now)}`, 'dim'),
        ]
      }),
    },
  ]
}
