// `?`: the keys of the place it was asked from, made from the bindings.

import type { State } from '../../state/state.ts'
import { type Mode, whyNot } from '../keys/bindings/binding.ts'
import { viewShown } from '../keys/bindings/selection.ts'
import type { Sight } from '../keys/bindings/selection-target.ts'
import { bindingsWith } from '../keys/keymap/keymap.ts'
import { withKeysNow } from '../keys/sentences.ts'
import type { Screen } from '../views/list/view.ts'
import { wrap } from './format/fit-text.ts'
import { EMPTY, fit, type Line, span } from './format/line.ts'

const GROUPS = ['Move', 'Look', 'Poll', 'Act', 'Program', 'Entry'] as const
const KEYS = 18

const GUIDE: readonly string[] = [
  'Every figure has an age: what is older than two intervals is dimmed and says so; ? is unknown, never 0.',
]

/** All lines of the help; scrolling picks from them. */
export function helpLines(sight: Sight, screen: Screen): readonly Line[] {
  const place = placeOf(sight.state)
  const view = viewShown(sight.state)
  const name = place === 'details' ? 'DETAILS' : view.title.toUpperCase()
  const lines: Line[] = [[span(` KEYS OF THIS VIEW: ${name}`, 'accent')]]
  for (const group of GROUPS) {
    const bindings = bindingsWith(sight.state.keys).filter((each) => each.group === group && isThere(each.modes, place))
    if (bindings.length === 0) continue
    lines.push(EMPTY, [span(`   ${group === 'Entry' ? 'While something is typed or chosen' : group}`, 'title')])
    for (const binding of bindings) {
      const { keys, title } = binding
      const why = whyNot(binding, sight)
      lines.push([
        span(`     ${fit(keys.join('  '), KEYS)}`, 'key'),
        span(title),
        span(why === null ? '' : `  (not now: ${why})`, 'dim'),
      ])
    }
  }
  lines.push(EMPTY, [span('   What the screen says', 'title')])
  for (const sentence of [...GUIDE, ...view.guide]) lines.push(...wrapped(withKeysNow(sight.state, sentence), screen))
  return lines
}

function placeOf(state: State): Mode {
  return state.navigation.details ? 'details' : 'rows'
}

function isThere(modes: readonly Mode[], place: Mode): boolean {
  return modes.includes(place) || (!modes.includes('rows') && !modes.includes('details') && !modes.includes('help'))
}

function wrapped(sentence: string, { columns }: Screen): readonly Line[] {
  return wrap(sentence, columns - 6).map((text): Line => [span(`     ${text}`)])
}
