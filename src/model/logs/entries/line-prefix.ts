// `log_line_prefix` as a pattern: where in a line its time, its SQLSTATE and its user are, and where the message begins.

/** What stands in front of a message. */
export interface PrefixPattern {
  /** Fits the beginning of a line up to the word before the message. */
  readonly pattern: RegExp
  readonly hasTime: boolean
}

const TIME = '\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}'

/** Escapes whose values are known by their form; all others run up to the text behind them. */
const FORMS: Readonly<Record<string, string>> = {
  p: '\\d+',
  P: '\\d*',
  t: `(?<time>${TIME} \\S+)`,
  m: `(?<time>${TIME}\\.\\d{3} \\S+)`,
  n: '(?<epoch>\\d+\\.\\d{3})',
  e: '(?<state>[0-9A-Z]{5})',
  c: '[0-9a-f]+\\.[0-9a-f]+',
  l: '\\d+',
  s: `${TIME} \\S+`,
  x: '\\d+',
  Q: '-?\\d+',
}
const NAMES: Readonly<Record<string, string>> = { u: 'user' }
const OTHERS = 'audrhbivL'
const ANYTHING = '[^\\n]*?'

/** null: nothing can be told by it. The whole takes time that grows with the line only: hostile names can't make it hang. */
export function prefixPattern(prefix: string): PrefixPattern | null {
  const seen = new Set<string>()
  let source = ''
  let closing = ''
  for (const { 0: whole, 1: letter = '', index } of prefix.matchAll(/%-?\d*(.)|[^%]/gs)) {
    source += partOf(whole, letter, prefix[index + whole.length], seen, source)
    if (letter === 'q') closing += ')?'
  }
  try {
    return { pattern: new RegExp(`^${source}${closing}`), hasTime: seen.has('time') || seen.has('epoch') }
  } catch {
    return null
  }
}

/** The pattern of one character or escape behind what is there. What is not of a session ends at `%q`. */
function partOf(whole: string, letter: string, next: string | undefined, seen: Set<string>, before: string): string {
  if (letter === '' || letter === '%') return quoted(letter || whole)
  if (letter === 'q') return '(?:'
  const form = formOf(letter, next, seen)
  // Two in a row that fit anything are one: nothing shows where the first ends.
  if (form.includes(ANYTHING) && before.endsWith(ANYTHING)) return ''
  return whole.length > 2 ? ` *${form} *` : form
}

function formOf(letter: string, next: string | undefined, seen: Set<string>): string {
  const form = FORMS[letter]
  if (form !== undefined) return once(form, seen)
  if (!OTHERS.includes(letter)) return ''
  if (next === undefined || next === '%') return ANYTHING
  const rest = `[^${next.replace(/[\]\\^-]/, '\\$&')}\\n]*`
  const name = NAMES[letter]
  return name === undefined ? rest : once(`(?<${name}>${rest})`, seen)
}

/** A group may be named once only: the first of a kind counts. */
function once(form: string, seen: Set<string>): string {
  return form.replace(/\(\?<(\w+)>/g, (group, name: string) => {
    if (seen.has(name)) return '(?:'
    seen.add(name)
    return group
  })
}

function quoted(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, '\\$&')
}
