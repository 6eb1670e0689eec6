// Shares as bars, beside their figures.

import type { Glyphs } from './glyphs.ts'
import { UNKNOWN_TEXT } from './values.ts'

/** `██████░░░░`: a share from 0 to 1 in exactly `width` cells; empty if the glyphs have no bars. */
export function shareBar(share: number, width: number, { stages }: Glyphs): string {
  const [done, left] = [stages.at(0), stages.at(-1)]
  if (done === undefined || left === undefined) return ''
  const cells = Math.round(Math.min(1, Math.max(0, share)) * width)
  // Every share above 0 fills a part of the bar, and every share below 1 leaves one empty.
  const shown = share > 0 && share < 1 ? Math.min(width - 1, Math.max(1, cells)) : cells
  return done.repeat(shown) + left.repeat(width - shown)
}

/** ` 62 % ██████░░░░`: the figure comes first, so that it stays if space is short; `?` if unknown. */
export function shareText(share: number | null, width: number, glyphs: Glyphs): string {
  return share === null
    ? UNKNOWN_TEXT.padStart(5)
    : `${percentText(share).padStart(5)} ${shareBar(share, width, glyphs)}`
}

/** `62 %`, `8.5 %`, `0.3 %`: one decimal below ten; `0.0 %` is a small share, `0 %` none. */
export function percentText(share: number): string {
  const figure = share * 100
  if (figure > 0 && figure < 0.05) return '0.0 %'
  return `${figure < 9.95 ? Math.round(figure * 10) / 10 : Math.round(figure)} %`
}
