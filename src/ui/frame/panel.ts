// Menus over the lower part of a view: the palette, the forms of an export, the demo's faults.

import type { DemoFault } from '../../state/controller.ts'
import type { Overlay } from '../../state/navigation.ts'
import { menuActions } from '../actions/available-actions.ts'
import { type BindingContext, selectedNodeId } from '../keys/bindings/selection-target.ts'
import { paletteEntries } from '../keys/keymap/palette.ts'
import { firstVisibleIndex, type Viewport } from '../views/list/view.ts'
import { EXPORT_FORMATS } from './export-formats.ts'
import { wrapText } from './format/fit-text.ts'
import { cutLine, EMPTY_LINE, fitText, type Line, span, spreadLine, type TextSpan, textWidth } from './format/line.ts'

/** The palette's or the menu's lines, at most `screen.rows`; empty when neither is open. */
export function panel(context: BindingContext, faults: readonly DemoFault[], screen: Viewport): readonly Line[] {
  const { overlay } = context.state.navigation
  const { glyphs } = screen
  if (overlay.kind === 'palette') {
    const entries = paletteEntries(context, faults, overlay.text)
    const prompt: TextSpan[] = [span(' : ', 'accent'), span(overlay.text, 'strong'), span(glyphs.caret, 'accent')]
    const count = span(`${entries.length} found `, 'dim')
    const lines = menuLines(
      entries.map(({ title, key, reason }) => ({ key, title, explains: reason === null ? '' : `not now: ${reason}` })),
      overlay.chosen,
      screen,
    )
    return framed(prompt, count, lines, overlay.chosen, screen)
  }
  if (overlay.kind === 'export') {
    const lines = menuLines(EXPORT_FORMATS, overlay.chosen, screen)
    const where = span('a new file in the current folder ', 'dim')
    return framed([span(' EXPORT THE SCREEN', 'accent')], where, lines, overlay.chosen, screen)
  }
  if (overlay.kind === 'actions') return actionMenu(context, overlay, screen)
  if (overlay.kind === 'faults') {
    const lines = menuLines(faults, overlay.chosen, screen)
    return framed(
      [span(' MAKE A FAULT', 'accent')],
      span('real faults, in the demo only ', 'dim'),
      lines,
      overlay.chosen,
      screen,
    )
  }
  return []
}

/** The available actions, bright, then the others, dim; the whole reason of the chosen one below them. */
function actionMenu(
  { state }: BindingContext,
  { chosen, text }: Extract<Overlay, { kind: 'actions' }>,
  screen: Viewport,
): readonly Line[] {
  const actions = menuActions(state, text ?? '')
  const entries = actions.map((action) => ({
    ...action,
    explains: action.reason === null ? action.explains : `not now: ${action.reason}`,
    isDim: action.reason !== null,
  }))
  const node = selectedNodeId(state)
  const reason = actions[chosen]?.reason ?? null
  const why = reason === null ? [] : wrapText(`not now: ${reason}`, screen.columns - 4)
  const filter: Line =
    text === null ? [] : [span('  /', 'accent'), span(text, 'strong'), span(screen.glyphs.caret, 'accent')]
  const lines = framed(
    [span(' WHAT TO DO', 'accent'), span(node === null ? '' : `  to ${node}`, 'strong'), ...filter],
    span('shows a plan first ', 'dim'),
    menuLines(entries, chosen, screen),
    chosen,
    { ...screen, rows: screen.rows - why.length },
    Math.max(IN_SIGHT, screen.rows - ROWS_ABOVE - why.length),
  )
  return [...lines, ...why.map((part): Line => [span(`   ${part}`, 'warning')])]
}

/** The rows of the subject that stay visible. */
const ROWS_ABOVE = 10
/** At most this many entries are visible, so that their subject is not covered. */
const IN_SIGHT = 12

function framed(
  title: Line,
  right: TextSpan,
  lines: readonly Line[],
  chosen: number,
  screen: Viewport,
  most = IN_SIGHT,
): readonly Line[] {
  const { columns, rows, glyphs } = screen
  const room = Math.max(1, Math.min(most, rows - 2))
  const first = firstVisibleIndex(chosen, lines.length, Math.min(room, lines.length))
  const shown = lines.slice(first, first + room)
  const rule: Line = [span(glyphs.rule.repeat(columns), 'dim')]
  const more = span(moreText(first, lines.length - first - shown.length, screen), 'accent')
  return [
    rule,
    spreadLine(title, [more, right], columns, glyphs.ellipsis),
    ...(shown.length > 0 ? shown : [EMPTY_LINE]),
  ].slice(0, rows)
}

/** `↑ 2  ↓ 5 more  `: the number of hidden entries above and below; empty if none is hidden. */
function moreText(above: number, below: number, { glyphs }: Viewport): string {
  const counts = [
    { hidden: above, mark: glyphs.up, where: 'above' },
    { hidden: below, mark: glyphs.down, where: 'below' },
  ].filter(({ hidden }) => hidden > 0)
  if (counts.length === 0) return ''
  if (glyphs.forScreenReader) return `${counts.map(({ hidden, where }) => `${hidden} more ${where}`).join(', ')}  `
  return `${counts.map(({ hidden, mark }) => `${mark} ${hidden}`).join('  ')} more  `
}

/** The content of a menu line. */
interface Entry {
  readonly title: string
  readonly key?: string | null
  readonly explains: string
  /** It can't be chosen now. */
  readonly isDim?: boolean
}

const TITLE = 44
/** Titles may take this much of the screen: their explanations need the rest. */
const TITLE_SHARE = 0.45
const KEY = 8

/** The lines of a menu, aligned in columns: titles, keys if there are any, explanations. */
function menuLines(entries: readonly Entry[], chosen: number, { glyphs, columns }: Viewport): readonly Line[] {
  const widest = Math.max(0, ...entries.map(({ title }) => textWidth(title)))
  const width = Math.min(TITLE, Math.floor(columns * TITLE_SHARE), widest)
  const hasKeys = entries.some(({ key = '' }) => key !== null && key !== '')
  return entries.map(({ title, key, explains, isDim = false }, index) => {
    const line = [
      span(index === chosen ? ` ${glyphs.selected} ` : '   ', 'accent'),
      span(fitText(title, width, 'left', glyphs.ellipsis), index === chosen ? 'chosen' : isDim ? 'dim' : 'plain'),
      span('  '),
      span(hasKeys ? fitText(key ?? '', KEY) : '', 'key'),
      span(explains, 'dim'),
    ]
    return cutLine(line, columns, glyphs.ellipsis)
  })
}
