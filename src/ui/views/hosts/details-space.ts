// The file systems of a host that matter, each in a section of its own: space, inodes, and where it is heading.

import type { FileSystemView, HostView } from '../../../model/picture/picture.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { bytes, perSecond, UNKNOWN } from '../../frame/format/values.ts'
import { type Fact, fact, type Section } from '../../frame/parts/field-list.ts'
import { unknownFacts } from './details-postgres.ts'
import { fullIn, percent } from './text.ts'

/** A section for each: of the data directory, the WAL, the logs. */
export function spaceSections({ spaces, facts }: HostView, glyphs: Glyphs): readonly Section[] {
  return spaces.map((space) => ({
    title: `FILE SYSTEM OF ${TITLES[space.role]}`,
    age: space.path,
    facts: spaceFacts(space, facts?.fileSystems.find(({ path }) => path === space.path)?.realPath ?? null, glyphs),
  }))
}

const TITLES = { data: 'THE DATA DIRECTORY', wal: 'THE WAL', log: 'A LOG' } as const

function spaceFacts(view: FileSystemView, realPath: string | null, glyphs: Glyphs): readonly Fact[] {
  const { space, fillingBytesPerSecond: rate, freePercent } = view
  if (space.state === 'unknown') return unknownFacts('space', space)
  const { device, mount, totalBytes, usedBytes, availableBytes, inodes } = space.value
  const share = freePercent === null ? UNKNOWN : `${freePercent.toFixed(1)} %`
  const way = rate === null ? UNKNOWN : `${rate < 0 ? 'empties' : 'fills'} by ${perSecond(Math.abs(rate))}`
  return [
    ...fact('really at', realPath === view.path ? null : realPath),
    ...fact('mounted at', mount),
    ...fact('device', device),
    ...fact('left', `${bytes(availableBytes)} (${share})`),
    ...fact('used', `${bytes(usedBytes)} of ${bytes(totalBytes)}`),
    ...fact(
      'inodes left',
      inodes ? `${inodes.free} of ${inodes.total} (${percent(inodes.free / inodes.total)})` : 'without a limit',
    ),
    ...fact('in the last 10 min', rate === null ? 'too little past yet' : way),
    ...fact('full in', rate !== null && rate > 0 ? fullIn(view, `more than 30 d`) : rate === null ? null : glyphs.dash),
  ]
}
