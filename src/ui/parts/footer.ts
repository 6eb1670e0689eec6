// The last line: keys that can be used now, and the line above it: what is typed, told or wrong with the selected row.

import { clusterShown, nodeOf } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import { type Binding, modeOf, whyNot } from '../binding.ts'
import type { Glyphs } from '../format/glyphs.ts'
import { cutLine, EMPTY, type Line, lineWidth, type Span, span, widthOf } from '../format/line.ts'
import { age } from '../format/values.ts'
import { withoutName } from '../format/wording.ts'
import { BINDINGS } from '../keymap.ts'
import { selectedRow } from '../shown.ts'
import { silenceHelp, silenceLabel } from '../silencing.ts'
import { type Sight, subjectId } from '../subject.ts'
import type { Screen } from '../views/view.ts'

/** Keys of the present mode that can be used now, as many as fit. */
export function footer(sight: Sight, { columns }: Screen): Line {
  const mode = modeOf(sight.state)
  const usable = BINDINGS.filter((each) => each.footer && each.modes.includes(mode) && whyNot(each, sight) === null)
  const ranked = [...usable].sort((a, b) => (a.footer?.rank ?? 0) - (b.footer?.rank ?? 0))
  let kept: readonly Binding[] = ranked
  while (kept.length > 1 && lineWidth(keysLine(usable, kept, sight)) > columns) kept = kept.slice(0, -1)
  return cutLine(keysLine(usable, kept, sight), columns)
}

function keysLine(order: readonly Binding[], kept: readonly Binding[], sight: Sight): Line {
  return order
    .filter((each) => kept.includes(each))
    .flatMap((each, index): Span[] => [
      span(index === 0 ? ' ' : '  '),
      span(each.footer?.keys ?? each.keys[0] ?? '', 'key'),
      span(` ${wordOf(each, sight)}`, 'dim'),
    ])
}

function wordOf({ footer }: Binding, sight: Sight): string {
  const word = footer?.word ?? ''
  return typeof word === 'string' ? word : word(sight)
}

/** Notices are told this long, in milliseconds. */
const NOTICE_MS = 8_000

/** Tall screens have a line for what is wrong and one for what to do about it. */
const TALL = 30

/** How many lines stand above the footer: always the same at one size, so that nothing jumps. */
export function toldLines({ rows }: Screen): number {
  return rows >= TALL ? 2 : 1
}

/** The lines above the footer. */
export function told(state: State, screen: Screen): readonly Line[] {
  const lines = saying(state, screen)
  const free = Math.max(0, toldLines(screen) - lines.length)
  return [...Array.from({ length: free }, () => EMPTY), ...lines]
}

function saying(state: State, screen: Screen): readonly Line[] {
  const { columns, glyphs } = screen
  const { overlay } = state.navigation
  if (overlay.kind === 'filter') {
    return [entry('Filter', overlay.text, null, 'enter keeps it, esc takes it away', columns, glyphs)]
  }
  if (overlay.kind === 'rename') {
    const help = overlay.text === '' ? `empty: back to ${overlay.id}` : 'enter saves, esc leaves it'
    return [entry(`Rename ${overlay.id} to`, overlay.text, overlay.problem, help, columns, glyphs)]
  }
  if (overlay.kind === 'silence') {
    const { text, problem } = overlay
    return [entry(silenceLabel(overlay), text, problem, silenceHelp(overlay), columns, glyphs)]
  }
  const { notice } = state
  if (notice && state.now - notice.at < NOTICE_MS) {
    const style = notice.severity === 'info' ? 'plain' : notice.severity === 'warning' ? 'warning' : 'critical'
    return [cutLine([span(` ${notice.text}`, style)], columns, glyphs.ellipsis)]
  }
  return problemOfRow(state, screen)
}

function entry(
  label: string,
  text: string,
  problem: string | null,
  help: string,
  columns: number,
  glyphs: Glyphs,
): Line {
  const start: Line = [span(` ${label}: `, 'accent')]
  const end = span(`  ${problem ?? help}`, problem ? 'critical' : 'dim')
  const room = Math.max(8, columns - lineWidth(start) - 1 - widthOf(end.text))
  // The end of what is typed stays in sight. A page that was pasted is cut first: measuring it letter by letter takes minutes.
  let shown = span(text).text.slice(-4 * room)
  while (widthOf(shown) > room) shown = shown.slice(1)
  return cutLine([...start, span(shown, 'strong'), span(glyphs.caret, 'accent'), end], columns, glyphs.ellipsis)
}

function problemOfRow(state: State, screen: Screen): readonly Line[] {
  const { columns, glyphs } = screen
  const says = state.navigation.details ? undefined : selectedRow(state)?.says
  if (says === undefined) return problemOfSubject(state, screen)
  return [cutLine([span(` ${glyphs.warning} ${says}`, 'warning')], columns, glyphs.ellipsis)]
}

function problemOfSubject(state: State, screen: Screen): readonly Line[] {
  const { columns, glyphs } = screen
  const picture = clusterShown(state)?.picture
  const id = subjectId(state)
  if (!picture || id === null || state.navigation.details) return []
  const node = nodeOf(picture, id)?.node
  if (!node?.problem) return []
  const { message, hint, since } = node.problem
  const text = `${node.name}: ${withoutName(message, node.name, id)} (for ${age(since, state.now)})`
  const what = span(` ${glyphs.critical} ${text}`, 'warning')
  const next = hint === null ? null : span(` ${glyphs.spoken ? 'what to do:' : glyphs.arrow} ${hint}`)
  const lines = next && toldLines(screen) > 1 ? [[what], [next]] : [next ? [what, next] : [what]]
  return lines.map((each) => cutLine(each, columns, glyphs.ellipsis))
}
