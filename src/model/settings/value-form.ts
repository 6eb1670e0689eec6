// Values of a parameter by its form: which a server takes, and which mean the same to it.

import { booleanValue } from './boolean-value.ts'

/** What the value of a parameter may be. */
export interface ParameterForm {
  readonly kind: 'bool' | 'integer' | 'real' | 'enum' | 'string'
  /** Of a number, as pg_settings has it: `8kB`, `ms`; empty: none. */
  readonly unit: string
  readonly least: number
  readonly most: number
  readonly values: readonly string[]
}

/** Why the value is not one of that form, in the server's words; null where it is. */
export function valueProblem(name: string, value: string, parameter: ParameterForm): string | null {
  switch (parameter.kind) {
    case 'bool':
      return booleanValue(value) !== null ? null : `parameter "${name}" requires a Boolean value`
    case 'enum':
      return isOneOf(value, parameter) ? null : `invalid value for parameter "${name}": "${value}"`
    case 'integer':
    case 'real':
      return numberProblem(name, value, parameter)
    case 'string':
      return null
  }
}

/** Words that are taken but not shown, by one that is shown: of levels, of what was a Boolean once, of old names. */
const HIDDEN: readonly (readonly [shown: string, RegExp])[] = [
  ['debug5', /^(?:debug|info)$/],
  ['replica', /^(?:archive|hot_standby)$/],
  ['on', /^(?:on|off|true|false|yes|no|0|1)$/],
  ['off', /^(?:on|off|true|false|yes|no|0|1)$/],
]

function isOneOf(value: string, { values }: ParameterForm): boolean {
  const given = value.toLowerCase()
  const isHidden = HIDDEN.some(([shown, words]) => values.includes(shown) && words.test(given))
  return isHidden || values.some((each) => each.toLowerCase() === given)
}

/** Bytes, and microseconds. */
const UNITS: Readonly<Record<string, readonly ['memory' | 'time', number]>> = {
  B: ['memory', 1],
  kB: ['memory', 1024],
  MB: ['memory', 1024 ** 2],
  GB: ['memory', 1024 ** 3],
  TB: ['memory', 1024 ** 4],
  us: ['time', 1],
  ms: ['time', 1_000],
  s: ['time', 1_000_000],
  min: ['time', 60_000_000],
  h: ['time', 3_600_000_000],
  d: ['time', 86_400_000_000],
}

/** As strtol() reads it, and strtod() what it leaves: neither sees a sign or a blank before a point. */
const INTEGER =
  /^\s*([+-]?0[xX][0-9a-fA-F]+|[+-]?0[0-7]+|[+-]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?|[+-]?0\d+(?=[.eE])\.?\d*(?:[eE][+-]?\d+)?|(?<!\s)\.\d+(?:[eE][+-]?\d+)?)\s*([a-zA-Z]*)\s*$/
const REAL = /^\s*([+-]?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))\s*([a-zA-Z]*)\s*$/

function numberProblem(name: string, value: string, parameter: ParameterForm): string | null {
  const whole = numberInUnit(value, parameter)
  if (whole === null) return `invalid value for parameter "${name}": "${value}"`
  const { unit, least, most } = parameter
  // What is rounded may just be in range.
  if (whole >= least - 1e-9 && whole <= most + 1e-9) return null
  const shown = (bound: number) => `${bound}${unit === '' ? '' : ` ${unit}`}`
  return `${shown(whole)} is outside the valid range for parameter "${name}" (${shown(least)} .. ${shown(most)})`
}

/** The number in the parameter's unit, as the server rounds it; null: the value is no such number. */
export function numberInUnit(value: string, { kind, unit }: Pick<ParameterForm, 'kind' | 'unit'>): number | null {
  const [, digits, given = ''] = (kind === 'integer' ? INTEGER : REAL).exec(value) ?? []
  if (digits === undefined) return null
  const factor = given === '' ? 1 : factorOf(given, unit)
  if (factor === null) return null
  const isOctal = kind === 'integer' && /^[+-]?0[0-7]+$/.test(digits)
  const number = isOctal ? Number.parseInt(digits, 8) : numberOf(digits)
  return kind === 'integer' ? Math.round(number * factor) : number * factor
}

/** Whether both mean the same to the server, as `64MB` and `65536kB` do. */
export function isEqualSetting(a: string, b: string, form: Pick<ParameterForm, 'kind' | 'unit'>): boolean {
  if (a === b) return true
  switch (form.kind) {
    case 'bool':
      return booleanValue(a) !== null && booleanValue(a) === booleanValue(b)
    case 'enum':
      return a.toLowerCase() === b.toLowerCase()
    case 'integer':
    case 'real': {
      const first = numberInUnit(a, form)
      return first !== null && first === numberInUnit(b, form)
    }
    case 'string':
      return false
  }
}

/** JavaScript knows no sign before a hexadecimal number. */
function numberOf(digits: string): number {
  return digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits.replace(/^\+/, ''))
}

/** How many of the parameter's units one of the given units is; null: it is none of its kind. */
function factorOf(given: string, unit: string): number | null {
  const [, count = '1', base = ''] = /^(\d*)([a-zA-Z]+)$/.exec(unit) ?? []
  const [from, to] = [UNITS[given], UNITS[base]]
  if (!from || !to || from[0] !== to[0]) return null
  return from[1] / (to[1] * Number(count || 1))
}
