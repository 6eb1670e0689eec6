// Why a key of the config is refused: the action or the key does not exist, or another action has the key.

import { closest } from 'fastest-levenshtein'
import { clean } from '../../../model/values/text.ts'
import type { Binding } from '../bindings/binding.ts'
import { acceptsCustomKey, TEXT_MODES, withCustomBindings } from '../bindings/custom-keys.ts'
import { equivalentKey, isKeyName, KEY_NAMES } from '../input.ts'
import { type CustomKeys, isTextKey } from '../names.ts'
import { BINDINGS } from './keymap.ts'

export interface CustomKeyProblem {
  readonly action: string
  /** Whether the name of the action or the key is wrong. */
  readonly at: 'key' | 'value'
  /** The value, and the permitted values. */
  readonly message: string
}

const KEYS = `one character such as "x", "ctrl+" and a letter, or one of ${KEY_NAMES.join(', ')}`

/** Every problem of the config's keys, in their order; empty if all can be used. */
export function customKeyProblems(customKeys: CustomKeys): readonly CustomKeyProblem[] {
  return Object.entries(customKeys).flatMap(([action, key]) => {
    const problem = actionProblem(action) ?? keyProblem(action, key) ?? textProblem(action, key)
    const collision = problem === null ? collisionOf(action, key, customKeys) : null
    return problem ?? collision ?? []
  })
}

function actionProblem(action: string): CustomKeyProblem | null {
  const ids = [...new Set<string>(BINDINGS.map(({ id }) => id))]
  if (ids.includes(action)) return null
  const named = `unknown action ${JSON.stringify(clean(action).slice(0, 60))}`
  const message = `${named}; the nearest known action is "${closest(action, ids)}"; allowed: ${ids.join(', ')}`
  return { action, at: 'key', message }
}

function keyProblem(action: string, key: string): CustomKeyProblem | null {
  const actual = `found ${JSON.stringify(clean(key).slice(0, 60))}`
  const same = equivalentKey(key)
  if (same !== null)
    return { action, at: 'value', message: `${actual}; terminals send it for ${same}; allowed: ${KEYS}` }
  return isKeyName(key) ? null : { action, at: 'value', message: `${actual}; allowed: ${KEYS}` }
}

/** The bindings whose first key it is. */
function moved(action: string): readonly Binding[] {
  return BINDINGS.filter((binding) => binding.id === action && acceptsCustomKey(binding, BINDINGS))
}

function textProblem(action: string, key: string): CustomKeyProblem | null {
  const inText = moved(action).some(({ modes }) => modes.some((mode) => TEXT_MODES.includes(mode)))
  if (!inText || !isTextKey(key)) return null
  const allowed = 'a key that types no text, such as "ctrl+t", because this action works while text is typed'
  return { action, at: 'value', message: `found ${JSON.stringify(key)}; allowed: ${allowed}` }
}

function collisionOf(action: string, key: string, customKeys: CustomKeys): CustomKeyProblem | null {
  const modes = moved(action).flatMap((binding) => binding.modes)
  const other = withCustomBindings(BINDINGS, customKeys).find(
    (binding) =>
      binding.id !== action && binding.keys.includes(key) && binding.modes.some((mode) => modes.includes(mode)),
  )
  if (!other) return null
  const allowed = `a key that is free there ("${other.id}" uses this one: ${other.title})`
  return { action, at: 'value', message: `found ${JSON.stringify(key)}; allowed: ${allowed}` }
}
