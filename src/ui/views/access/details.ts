// One pair, one who connects, one port: in full.

import type { AccessPair, AccessPurpose } from '../../../model/reachability/access-pairs.ts'
import { type Line, span } from '../../frame/format/line.ts'
import { age, instant, UNKNOWN } from '../../frame/format/values.ts'
import { fact, type Section } from '../../frame/parts/field-list.ts'
import type { Scene } from '../list/list-options.ts'
import { portWord } from '../topology/details-server.ts'
import { statusCell } from './columns.ts'
import type { MatrixRow, PairRow } from './rows.ts'

const WHY: Readonly<Record<AccessPurpose, string>> = {
  uses: 'it is its database',
  'may use': 'that database may become the primary',
  'replicates from': 'it streams its log from there',
  watches: 'it is read from here',
  ssh: 'its host is looked into from here',
}

export function pairSections({ pair }: PairRow, scene: Scene): readonly Section[] {
  const { now, picture } = scene
  const status = statusCell(pair, scene)
  const nodes = [...(picture?.servers ?? []), ...(picture?.databases ?? [])]
  const problem = nodes.find(({ id }) => id === pair.toId)?.problem ?? null
  return [
    {
      title: `${pair.from} ${scene.screen.glyphs.arrow} ${pair.to}`,
      age: pair.at === null ? 'nothing was seen' : `${pair.status === 'fails' ? 'for' : 'seen'} ${ageText(pair, now)}`,
      facts: [
        ...fact('status', status.text, status.style),
        ...fact('evidence', pair.evidence, 'strong'),
        ...fact(pair.status === 'fails' ? 'since' : 'seen at', instant(pair.at)),
        ...fact('why it is needed', WHY[pair.need]),
        ...fact('port, from this host', pair.port === null ? UNKNOWN : `${pair.port} ${portWord(pair.portOpen)}`),
      ],
    },
    {
      title: `PROBLEM OF ${pair.to}`,
      age: problem ? `for ${age(problem.since, now)}` : '',
      facts: problem
        ? [...fact('what happened', problem.message, 'warning'), ...fact('what to do', problem.hint, 'strong')]
        : [],
    },
  ]
}

function ageText({ at, status }: AccessPair, now: number): string {
  return status === 'fails' ? age(at, now) : `${age(at, now)} ago`
}

export function whoSections({ from, pairs }: MatrixRow, scene: Scene): readonly Section[] {
  return [
    {
      title: from,
      age: 'what it must reach',
      facts: pairs.map((pair): Line => {
        const status = statusCell(pair, scene)
        return [
          span(status.text.padEnd(11), status.style),
          span(`${pair.need} `, 'dim'),
          span(pair.to, 'strong'),
          span(`   ${pair.evidence}`),
          span(pair.at === null ? '' : `   ${ageText(pair, scene.now)}`, 'dim'),
        ]
      }),
    },
  ]
}
