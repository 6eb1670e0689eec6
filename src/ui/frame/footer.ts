// The last line: the keys that work now. The line above it: typed text, a message, or the problem of the selected
// row.

import { findNode, shownCluster } from '../../state/select/cluster.ts'
import type { State } from '../../state/state.ts'
import { actionEntryLine } from '../actions/entry-line.ts'
import { silenceHelp, silenceLabel } from '../actions/silence.ts'
import { shownAction } from '../keys/bindings/action-input.ts'
import { type Binding, keyModeOf, whyNot } from '../keys/bindings/binding.ts'
import { rowRank } from '../keys/bindings/row-keys.ts'
import { selectedRow } from '../keys/bindings/selection.ts'
import { type BindingContext, selectedNodeId } from '../keys/bindings/selection-target.ts'
import { bindingsWithCustomKeys } from '../keys/keymap/keymap.ts'
import { currentActionKey } from '../keys/names.ts'
import { withCustomKeys } from '../keys/sentences.ts'
import type { Viewport } from '../views/list/view.ts'
import { withoutName } from './format/fit-text.ts'
import type { Glyphs } from './format/glyphs.ts'
import { cutLine, EMPTY_LINE, type Line, lineWidth, span, type TextSpan, textWidth } from './format/line.ts'
import { age } from './format/values.ts'

/** As many keys of the present mode that work now as fit. */
export function footer(context: BindingContext, { columns }: Viewport): Line {
  const mode = keyModeOf(context.state)
  const bindings = bindingsWithCustomKeys(context.state.keys)
  const usable = bindings.filter(
    (each) => each.modes.includes(mode) && labelOf(each, context) !== '' && whyNot(each, context) === null,
  )
  const ranks = new Map(usable.map((each) => [each, rankOf(each, context)]))
  const rank = (each: Binding) => ranks.get(each) ?? 0
  const ranked = usable.toSorted((a, b) => rank(a) - rank(b))
  // What is about the row comes first, in its own order; the others are in the order of the table.
  const ordered = usable.toSorted((a, b) => Math.min(rank(a), 0) - Math.min(rank(b), 0))
  let kept: readonly Binding[] = ranked
  while (kept.length > 1 && lineWidth(keysLine(ordered, kept, context)) > columns) kept = kept.slice(0, -1)
  return cutLine(keysLine(ordered, kept, context), columns)
}

function keysLine(order: readonly Binding[], kept: readonly Binding[], context: BindingContext): Line {
  return order
    .filter((each) => kept.includes(each))
    .flatMap((each, index): TextSpan[] => [
      span(index === 0 ? ' ' : '  '),
      span(each.footer?.keys ?? each.keys[0] ?? '', 'key'),
      span(` ${labelOf(each, context)}`, 'dim'),
    ])
}

function rankOf({ id, footer }: Binding, { state }: BindingContext): number {
  return rowRank(state, id) ?? footer?.rank ?? 0
}

function labelOf({ footer }: Binding, context: BindingContext): string {
  const label = footer?.label ?? ''
  return typeof label === 'string' ? label : label(context)
}

/** How long a notice is shown, in milliseconds. */
const NOTICE_MS = 8_000

/** Tall screens have one line for the problem and one for the next step. */
const TALL = 30

/** The number of lines above the footer: constant at one size, so that nothing jumps. */
export function noticeHeight({ rows }: Viewport): number {
  return rows >= TALL ? 2 : 1
}

/** The lines above the footer. */
export function noticeLines(state: State, screen: Viewport): readonly Line[] {
  const lines = entryOrNotice(state, screen)
  const free = Math.max(0, noticeHeight(screen) - lines.length)
  return [...Array.from({ length: free }, () => EMPTY_LINE), ...lines]
}

function entryOrNotice(state: State, screen: Viewport): readonly Line[] {
  const { columns, glyphs } = screen
  const { overlay } = state.navigation
  const [take, leave] = [currentActionKey(state, 'accept', 'enter'), currentActionKey(state, 'leave', 'esc')]
  if (overlay.kind === 'filter') {
    return [entry('Filter', overlay.text, null, `${take} keeps it, ${leave} clears it`, columns, glyphs)]
  }
  if (overlay.kind === 'rename') {
    const help = overlay.text === '' ? `empty: back to ${overlay.id}` : `${take} saves, ${leave} cancels`
    return [entry(`Rename ${overlay.id} to`, overlay.text, overlay.problem, help, columns, glyphs)]
  }
  if (overlay.kind === 'silence') {
    const { text, problem } = overlay
    return [entry(silenceLabel(overlay), text, problem, silenceHelp(overlay, { take, leave }), columns, glyphs)]
  }
  const asks = overlay.kind === 'none' ? shownAction(state) : null
  const actionEntry = asks && actionEntryLine(asks, state)
  const message = freshNotice(state)
  // The reason why a key does nothing replaces help texts, but never typed text.
  if (actionEntry && (actionEntry.text !== null || message?.severity === 'info' || !message)) {
    return [entry(actionEntry.label, actionEntry.text, actionEntry.problem, actionEntry.help, columns, glyphs)]
  }
  if (message) {
    const style = message.severity === 'info' ? 'plain' : message.severity === 'warning' ? 'warning' : 'critical'
    return [cutLine([span(` ${withCustomKeys(state, message.text)}`, style)], columns, glyphs.ellipsis)]
  }
  return asks ? [] : problemOfRow(state, screen)
}

function freshNotice({ notice, now }: State): State['notice'] {
  return notice && now - notice.at < NOTICE_MS ? notice : null
}

function entry(
  label: string,
  text: string | null,
  problem: string | null,
  help: string,
  columns: number,
  glyphs: Glyphs,
): Line {
  const start: Line = [span(` ${label}: `, 'accent')]
  const end = span(`  ${problem ?? help}`, problem ? 'critical' : 'dim')
  const room = Math.max(8, columns - lineWidth(start) - 1 - textWidth(end.text))
  // The end of the typed text stays visible. A pasted page is cut first: to measure it letter by letter takes
  // minutes.
  let shown = span(text ?? '').text.slice(-4 * room)
  while (textWidth(shown) > room) shown = shown.slice(1)
  return cutLine(
    [...start, span(shown, 'strong'), ...(text === null ? [] : [span(glyphs.caret, 'accent')]), end],
    columns,
    glyphs.ellipsis,
  )
}

function problemOfRow(state: State, screen: Viewport): readonly Line[] {
  const { columns, glyphs } = screen
  const problem = state.navigation.details ? undefined : selectedRow(state)?.problemText
  if (problem === undefined) return problemOfSubject(state, screen)
  return [cutLine([span(` ${glyphs.warning} ${problem}`, 'warning')], columns, glyphs.ellipsis)]
}

function problemOfSubject(state: State, screen: Viewport): readonly Line[] {
  const { columns, glyphs } = screen
  const picture = shownCluster(state)?.picture
  const id = selectedNodeId(state)
  if (!picture || id === null || state.navigation.details) return []
  const node = findNode(picture, id)?.node
  if (!node?.problem) return []
  const { message, hint, since } = node.problem
  const text = `${node.name}: ${withoutName(message, node.name, id)} (for ${age(since, state.now)})`
  const what = span(` ${glyphs.critical} ${text}`, 'warning')
  const next = hint === null ? null : span(` ${glyphs.forScreenReader ? 'what to do:' : glyphs.arrow} ${hint}`)
  const lines = next && noticeHeight(screen) > 1 ? [[what], [next]] : [next ? [what, next] : [what]]
  return lines.map((each) => cutLine(each, columns, glyphs.ellipsis))
}
