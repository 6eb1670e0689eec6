// The file systems of a host that matter, each in a section of its own: space, inodes, and where it is heading.

import type { FileSystemView, HostView } from '../../../model/picture/picture.ts'
import type { Glyphs } from '../../frame/format/glyphs.ts'
import { bytes, perSecond, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailField, type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { unknownFields } from './details-postgres.ts'
import { fullInText, sharePercentText } from './text.ts'

/** A section for each: of the data directory, the WAL, the logs. */
export function spaceSections({ spaces, facts }: HostView, glyphs: Glyphs): readonly DetailSection[] {
  return spaces.map((space) => ({
    title: `FILE SYSTEM OF ${TITLES[space.role]}`,
    age: space.path,
    fields: spaceFacts(space, facts?.fileSystems.find(({ path }) => path === space.path)?.realPath ?? null, glyphs),
  }))
}

const TITLES = { data: 'THE DATA DIRECTORY', wal: 'THE WAL', log: 'A LOG' } as const

function spaceFacts(view: FileSystemView, realPath: string | null, glyphs: Glyphs): readonly DetailField[] {
  const { space, fillingBytesPerSecond: rate, freePercent } = view
  if (space.state === 'unknown') return unknownFields('space', space)
  const { device, mount, totalBytes, usedBytes, availableBytes, inodes } = space.value
  const share = freePercent === null ? UNKNOWN_TEXT : `${freePercent.toFixed(1)} %`
  const way = rate === null ? UNKNOWN_TEXT : `${rate < 0 ? 'empties' : 'fills'} by ${perSecond(Math.abs(rate))}`
  return [
    ...detailField('really at', realPath === view.path ? null : realPath),
    ...detailField('mounted at', mount),
    ...detailField('device', device),
    ...detailField('left', `${bytes(availableBytes)} (${share})`),
    ...detailField('used', `${bytes(usedBytes)} of ${bytes(totalBytes)}`),
    ...detailField(
      'inodes left',
      inodes
        ? `${inodes.free} of ${inodes.total} (${sharePercentText(inodes.free / inodes.total)})`
        : 'without a limit',
    ),
    ...detailField('in the last 10 min', rate === null ? 'too little past yet' : way),
    ...detailField(
      'full in',
      rate !== null && rate > 0 ? fullInText(view, `more than 30 d`) : rate === null ? null : glyphs.dash,
    ),
  ]
}
