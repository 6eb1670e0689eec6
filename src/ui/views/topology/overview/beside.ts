// Lines beside lines.

import { type Line, lineWidth, span } from '../../../frame/format/line.ts'
import { copyClickTarget } from '../../../frame/parts/click-target.ts'

/** `left` in `width` cells, `between`, then `right`, as many lines as the longer one. A click is on the row at the left. */
export function beside(left: readonly Line[], right: readonly Line[], width: number, between: string): readonly Line[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index): Line => {
    const start = left[index] ?? []
    const gap = span(' '.repeat(Math.max(0, width - lineWidth(start))))
    return copyClickTarget([...start, gap, span(between, 'dim'), ...(right[index] ?? [])], start)
  })
}
