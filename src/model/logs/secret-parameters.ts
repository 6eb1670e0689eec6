// Parameters of statements. The log holds a statement and its values as two records, in either order.

import { sqlArgumentsAt } from './secret-arguments.ts'
import { isSecretStem, SECRET_NAME_STEMS, SQL_GAP } from './secret-names.ts'
import { closingQuoteIndex, lineSpan, type SecretSpan } from './secret-spans.ts'
import { functionSecrets, insertedSecrets, SECRET_FUNCTIONS, setConfigSecrets } from './secret-sql.ts'
import { type SecretTrigger, type TriggerContext, takeSecretParameters } from './secret-trigger.ts'

const PARAMETER = /(\$\d{1,5}) = (?:NULL|')/y
/** In the log of an error the statement follows its parameters. */
const STATEMENT_AFTER = 4_000
const NAMED_PARAMETER = new RegExp(
  `(${SECRET_NAME_STEMS})[\\\\"'\`]{0,4}[ \\t]{0,4}(?:=>|:=|=)[ \\t]{0,4}\\$(\\d{1,5})`,
  'gi',
)

const PLACES: readonly (readonly [RegExp, SecretTrigger['secrets']])[] = [
  [new RegExp(`\\binsert${SQL_GAP}into${SQL_GAP}`, 'gi'), insertedSecrets],
  [new RegExp(`\\b(?:${Object.keys(SECRET_FUNCTIONS).join('|')})[ \\t]{0,4}\\(`, 'gi'), functionSecrets],
  [/\bset_config[ \t]{0,4}\(/gi, setConfigSecrets],
]

/** The numbers of a statement's secret parameters. */
function parametersIn(statement: string): ReadonlySet<number> {
  if (!statement.includes('$')) return new Set()
  const around: TriggerContext = { before: '', memory: { parameters: new Map() } }
  for (const [pattern, secrets] of PLACES) {
    for (const { 0: found, index } of statement.matchAll(pattern)) secrets(statement.slice(index), found.length, around)
  }
  const numbers = new Set(takeSecretParameters(around))
  for (const { 1: stem = '', 2: digits, index } of statement.matchAll(NAMED_PARAMETER)) {
    if (isSecretStem(stem, statement.slice(0, index))) numbers.add(Number(digits))
  }
  return numbers
}

/**
 * `parameters: $1 = 'x', $2 = '1'`: the parameters that a statement before, or in this record, compares with or
 * assigns to a secret.
 */
function ofParameters(text: string, _: number, around: TriggerContext): readonly SecretSpan[] {
  const spans: [number, SecretSpan][] = []
  let at = 0
  for (;;) {
    PARAMETER.lastIndex = at
    const match = PARAMETER.exec(text)
    if (!match) break
    at = PARAMETER.lastIndex
    if (text[at - 1] === "'") {
      const end = closingQuoteIndex(text, at, "'")
      const span = end < 0 ? lineSpan(text, at) : { from: at, end, open: false }
      spans.push([Number(match[1]?.slice(1)), span])
      at = end < 0 ? span.end : end + 1
    }
    // A truncated value ends in dots.
    if (text.startsWith('...', at)) at += 3
    if (!text.startsWith(', ', at)) break
    at += 2
  }
  const numbers = new Set(takeSecretParameters(around))
  for (const number of parametersIn(statementAfter(text, at))) numbers.add(number)
  return spans.flatMap(([number, span]) => (numbers.has(number) ? [span] : []))
}

/** Labels of records without a statement. Servers in other languages write other labels. */
const NO_STATEMENT = /^(?:LOG|DETAIL|HINT|CONTEXT|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|QUERY|LOCATION|DEBUG\d)$/
const CONTINUED = /(?:[^\n]|\n\t){0,3500}/y

/** The rest of the line (csvlog, jsonlog). After an error also the statement that follows, with its continued lines. */
function statementAfter(text: string, at: number): string {
  const { end } = lineSpan(text, at)
  const line = text.slice(at, Math.min(end, at + STATEMENT_AFTER))
  const colon = text.indexOf(':  ', end)
  if (colon < 0 || colon > end + 300) return line
  const label =
    text
      .slice(colon - 24, colon)
      .trim()
      .split(/\s/)
      .at(-1) ?? ''
  if (NO_STATEMENT.test(label)) return line
  CONTINUED.lastIndex = colon + 3
  return `${line}\n${CONTINUED.exec(text)?.[0] ?? ''}`
}

const PREPARED = /: (PREPARE(?:[^\n]|\n\t){1,4000})/i

/** `EXECUTE p('x')`. The next record tells `prepare: PREPARE p(text) AS UPDATE users SET password = $1`. */
function ofExecute(text: string, length: number): readonly SecretSpan[] {
  const { list, end } = sqlArgumentsAt(text, length)
  const rest = text.slice(end, end + STATEMENT_AFTER)
  const at = rest.indexOf(': PREPARE')
  const [, statement] = at < 0 ? [] : (PREPARED.exec(rest.slice(at)) ?? [])
  if (statement === undefined) return []
  const numbers = parametersIn(statement)
  return list.flatMap(({ literal }, index) => (literal && numbers.has(index + 1) ? [literal] : []))
}

export const PARAMETER_TRIGGERS: readonly SecretTrigger[] = [
  // The text before it is in the language of the server.
  { pattern: "\\$1 = (?=null\\b|')", secrets: ofParameters },
  { pattern: `\\bexecute${SQL_GAP}["\\\\]{0,3}\\w{1,63}["\\\\]{0,3}[ \\t]{0,4}\\(`, secrets: ofExecute },
]
