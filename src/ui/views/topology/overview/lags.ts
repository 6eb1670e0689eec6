// The lag of all links in one scale.

import { lagCurveLines } from '../../../frame/parts/lag-curves.ts'
import type { OverviewBlock, OverviewInput } from './block.ts'

/** With more links, those with the greatest lag are shown. */
const MOST_LINKS = 6

export function lagsBlock({ cluster, picture, glyphs }: OverviewInput): OverviewBlock {
  const height = Math.min(MOST_LINKS, picture.links.length) + 1
  return { id: 'lags', isCalm: false, lines: (width) => lagCurveLines(cluster, { width, height }, glyphs) }
}
