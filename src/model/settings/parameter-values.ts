// Whether a server of a major version would take a parameter with a value: what it says itself, without asking it.

import { BOOLEANS, ENUMS, INTEGERS, REALS, STRINGS } from './parameters.ts'
import { type ParameterForm, valueProblem } from './value-form.ts'

interface Parameter extends ParameterForm {
  readonly first: number
  readonly last: number
}

const KNOWN: ReadonlyMap<string, Parameter> = new Map(
  (
    [
      ['bool', BOOLEANS],
      ['integer', INTEGERS],
      ['real', REALS],
      ['enum', ENUMS],
      ['string', STRINGS],
    ] as const
  ).flatMap(([kind, words]) =>
    words
      .trim()
      .split(/\s+/)
      .map((word) => parameterOf(kind, word)),
  ),
)

function parameterOf(kind: ParameterForm['kind'], word: string): readonly [string, Parameter] {
  const [, name = '', first = '', last = '', rest = ''] = /^([\w]+)(?:@(\d*)-(\d*))?(?:[:=](.*))?$/.exec(word) ?? []
  const versions = { first: Number(first || 0), last: Number(last || Number.POSITIVE_INFINITY) }
  const [unit = '', least = '', most = ''] = kind === 'enum' ? [] : rest.split(':')
  const values = kind === 'enum' ? rest.split(',').map((value) => value.replaceAll('+', ' ')) : []
  return [name, { kind, ...versions, unit, least: Number(least), most: Number(most), values }]
}

/** Names that servers still take for another one. */
const OLD_NAMES: ReadonlySet<string> = new Set(['sort_mem', 'vacuum_mem', 'ssl_ecdh_curve', 'force_parallel_mode'])

/**
 * Why a server of that major version refuses the setting, in its words; null where it takes it, as far as that can be told here. A
 * name with a dot is an extension's.
 */
export function settingProblem(name: string, value: string, version: number): string | null {
  if (name.includes('.') || OLD_NAMES.has(name)) return null
  const parameter = KNOWN.get(name)
  if (!parameter || version < parameter.first || version > parameter.last) {
    return `unrecognized configuration parameter "${name}"`
  }
  return valueProblem(name, value, parameter)
}
