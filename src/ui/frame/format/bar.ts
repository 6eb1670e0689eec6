// Shares as bars: how much of something is done or used, with the figure beside it.

import type { Glyphs } from './glyphs.ts'
import { UNKNOWN_TEXT } from './values.ts'

/** `██████░░░░`: a share from 0 to 1 in exactly `width` cells; empty where bars would be noise. */
export function shareBar(share: number, width: number, { stages }: Glyphs): string {
  const [done, left] = [stages.at(0), stages.at(-1)]
  if (done === undefined || left === undefined) return ''
  const cells = Math.round(Math.min(1, Math.max(0, share)) * width)
  // What has begun is seen to have begun, and what is not done is not seen as done.
  const shown = share > 0 && share < 1 ? Math.min(width - 1, Math.max(1, cells)) : cells
  return done.repeat(shown) + left.repeat(width - shown)
}

/** ` 62 % ██████░░░░`: the figure first, so that it stays where room is short; `?` for what is not known. */
export function shareText(share: number | null, width: number, glyphs: Glyphs): string {
  return share === null
    ? UNKNOWN_TEXT.padStart(5)
    : `${percentText(share).padStart(5)} ${shareBar(share, width, glyphs)}`
}

/** `62 %`, `8.5 %`, `0.3 %`: one decimal below ten, where it matters; `0.0 %` is little, `0 %` nothing. */
export function percentText(share: number): string {
  const figure = share * 100
  if (figure > 0 && figure < 0.05) return '0.0 %'
  return `${figure < 9.95 ? Math.round(figure * 10) / 10 : Math.round(figure)} %`
}
