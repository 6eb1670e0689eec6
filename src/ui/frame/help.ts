// `?`: the keys of the current place, made from the bindings.

import type { State } from '../../state/state.ts'
import { type KeyMode, whyNot } from '../keys/bindings/binding.ts'
import { openView } from '../keys/bindings/selection.ts'
import type { BindingContext } from '../keys/bindings/selection-target.ts'
import { bindingsWithCustomKeys } from '../keys/keymap/keymap.ts'
import { withCustomKeys } from '../keys/sentences.ts'
import type { Viewport } from '../views/list/view.ts'
import { wrapText } from './format/fit-text.ts'
import { EMPTY_LINE, fitText, type Line, span } from './format/line.ts'

const GROUPS = ['Move', 'Look', 'Poll', 'Act', 'Program', 'Entry'] as const
const KEYS = 18

const GUIDE: readonly string[] = [
  'Figures older than two intervals are dimmed and show their age. ? is unknown, never 0.',
]

/** All lines of the help; scrolling picks from them. */
export function helpLines(context: BindingContext, screen: Viewport): readonly Line[] {
  const place = placeOf(context.state)
  const view = openView(context.state)
  const name = place === 'details' ? 'DETAILS' : view.title.toUpperCase()
  const lines: Line[] = [[span(` KEYS OF THIS VIEW: ${name}`, 'accent')]]
  for (const group of GROUPS) {
    const bindings = bindingsWithCustomKeys(context.state.keys).filter(
      (each) => each.group === group && isThere(each.modes, place),
    )
    if (bindings.length === 0) continue
    lines.push(EMPTY_LINE, [span(`   ${group === 'Entry' ? 'While typing or choosing' : group}`, 'title')])
    for (const binding of bindings) {
      const { keys, title } = binding
      const why = whyNot(binding, context)
      lines.push([
        span(`     ${fitText(keys.join('  '), KEYS)}`, 'key'),
        span(title),
        span(why === null ? '' : `  (not now: ${why})`, 'dim'),
      ])
    }
  }
  lines.push(EMPTY_LINE, [span('   What the screen says', 'title')])
  for (const sentence of [...GUIDE, ...view.guide])
    lines.push(...wrapped(withCustomKeys(context.state, sentence), screen))
  return lines
}

function placeOf(state: State): KeyMode {
  return state.navigation.details ? 'details' : 'rows'
}

function isThere(modes: readonly KeyMode[], place: KeyMode): boolean {
  return modes.includes(place) || (!modes.includes('rows') && !modes.includes('details') && !modes.includes('help'))
}

function wrapped(sentence: string, { columns }: Viewport): readonly Line[] {
  return wrapText(sentence, columns - 6).map((text): Line => [span(`     ${text}`)])
}
