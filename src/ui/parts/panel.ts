// Menus over the lower part of a view: the palette, the forms of an export, the demo's faults.

import type { DemoFault } from '../../state/engine.ts'
import { possibleActs } from '../acts/what.ts'
import { EXPORTS } from '../export-formats.ts'
import { cutLine, EMPTY, fit, type Line, type Span, span, spread } from '../format/line.ts'
import { paletteEntries } from '../palette.ts'
import { type Sight, subjectId } from '../subject.ts'
import { firstShown, type Screen } from '../views/view.ts'

/** The palette's or the menu's lines, at most `screen.rows`; empty when neither is open. */
export function panel(sight: Sight, faults: readonly DemoFault[], screen: Screen): readonly Line[] {
  const { overlay } = sight.state.navigation
  const { glyphs } = screen
  if (overlay.kind === 'palette') {
    const entries = paletteEntries(sight, faults, overlay.text)
    const prompt: Span[] = [span(' : ', 'accent'), span(overlay.text, 'strong'), span(glyphs.caret, 'accent')]
    const found = span(`${entries.length} found `, 'dim')
    const lines = entries.map(({ title, key, reason }, index) => {
      return menuLine(key, title, reason === null ? '' : `not now: ${reason}`, index === overlay.chosen, screen)
    })
    return framed(prompt, found, lines, overlay.chosen, screen)
  }
  if (overlay.kind === 'export') {
    const lines = EXPORTS.map(({ title, explains }, index) =>
      menuLine('', title, explains, index === overlay.chosen, screen),
    )
    const where = span('a new file in the current folder ', 'dim')
    return framed([span(' EXPORT WHAT IS ON THE SCREEN', 'accent')], where, lines, overlay.chosen, screen)
  }
  if (overlay.kind === 'actions') {
    const acts = possibleActs(sight.state)
    const lines = acts.map(({ title, key, explains, reason }, index) => {
      const why = reason === null ? explains : `not now: ${reason}`
      return menuLine(key ?? ' ', title, why, index === overlay.chosen, screen)
    })
    const on = subjectId(sight.state)
    const what = span(' WHAT TO DO', 'accent')
    return framed(
      [what, span(on === null ? '' : `  to ${on}`, 'strong')],
      span('a plan comes first ', 'dim'),
      lines,
      overlay.chosen,
      screen,
      Math.max(IN_SIGHT, screen.rows - ROWS_ABOVE),
    )
  }
  if (overlay.kind === 'faults') {
    const lines = faults.map(({ title, explains }, index) =>
      menuLine('', title, explains, index === overlay.chosen, screen),
    )
    return framed(
      [span(' MAKE A FAULT', 'accent')],
      span('for real, in the demo only ', 'dim'),
      lines,
      overlay.chosen,
      screen,
    )
  }
  return []
}

/** What stays in sight of what is acted on. */
const ROWS_ABOVE = 10
/** At most so many entries are in sight, so that what they are about is not covered. */
const IN_SIGHT = 12

function framed(
  title: Line,
  right: Span,
  lines: readonly Line[],
  chosen: number,
  screen: Screen,
  most = IN_SIGHT,
): readonly Line[] {
  const { columns, rows, glyphs } = screen
  const room = Math.max(1, Math.min(most, rows - 2))
  const first = firstShown(chosen, lines.length, Math.min(room, lines.length))
  const shown = lines.slice(first, first + room)
  const rule: Line = [span(glyphs.rule.repeat(columns), 'dim')]
  const more = span(moreText(first, lines.length - first - shown.length, screen), 'accent')
  return [rule, spread(title, [more, right], columns, glyphs.ellipsis), ...(shown.length > 0 ? shown : [EMPTY])].slice(
    0,
    rows,
  )
}

/** `↑ 2  ↓ 5 more  `: how many entries are out of sight, above and below; empty when all are in sight. */
function moreText(above: number, below: number, { glyphs }: Screen): string {
  const counts = [
    { hidden: above, mark: glyphs.up, where: 'above' },
    { hidden: below, mark: glyphs.down, where: 'below' },
  ].filter(({ hidden }) => hidden > 0)
  if (counts.length === 0) return ''
  if (glyphs.spoken) return `${counts.map(({ hidden, where }) => `${hidden} more ${where}`).join(', ')}  `
  return `${counts.map(({ hidden, mark }) => `${mark} ${hidden}`).join('  ')} more  `
}

const TITLE = 44

function menuLine(key: string, title: string, explains: string, chosen: boolean, screen: Screen): Line {
  const { glyphs, columns } = screen
  const width = Math.min(TITLE, Math.floor(columns * 0.45))
  return cutLine(
    [
      span(chosen ? ` ${glyphs.selected} ` : '   ', 'accent'),
      span(fit(title, width, 'left', glyphs.ellipsis), chosen ? 'chosen' : 'plain'),
      span('  '),
      span(key === '' ? '' : fit(key, 8), 'key'),
      span(explains, 'dim'),
    ],
    columns,
    glyphs.ellipsis,
  )
}
