// The line of the guided tour: the key that it presses, what to look at, and how to take over.

import type { TourCaption } from '../../state/tour.ts'
import type { Viewport } from '../views/list/view.ts'
import { fitText, type Line, lineWidth, span, textWidth } from './format/line.ts'

/** From the longest; on a narrow terminal a shorter one is shown, or none. */
const HINTS: Readonly<Record<TourCaption['phase'], readonly string[]>> = {
  plays: ['space pauses · q quits · any other key takes over ', 'any key takes over '],
  waits: ['paused · space continues · q quits · any other key takes over ', 'paused: space '],
  over: [],
}

/** The caption in place of a rule, which says nothing: inverse, and the key in it stands out. */
export function captionLine({ text, key, phase }: TourCaption, { columns, glyphs }: Viewport): Line {
  const start: Line = key === null ? [] : [span(' ', 'chosen'), span(` ${key} `, 'key')]
  const room = columns - lineWidth(start)
  const hint = HINTS[phase].find((each) => textWidth(text) + each.length + 3 <= room) ?? ''
  return [...start, span(fitText(` ${text}`, room - hint.length, 'left', glyphs.ellipsis) + hint, 'chosen')]
}
