// The kinds of value the config knows. A schema's error text says what is allowed; what was found is added by problems.ts.

import * as z from 'zod'
import { isSchemaName } from '../../model/values/sql-names.ts'
import { listText } from '../../model/values/text.ts'
import { parseDuration, parseSize } from '../../model/values/units.ts'

// zod would write and compile a function for each shape: that takes longer than all that is read with it here.
z.config({ jitless: true })

const DURATION = 'a duration such as "1500ms", "2s", "5m" or "26h"'
const SIZE = 'a size such as "800kB", "8MB" or "1GB"'
const NAME = 'a name: 1 to 63 characters, no control character, no space at either end'

const MOST_SCHEMAS = 16

interface Bounds {
  readonly min: number
  readonly max: number
  /** The bounds in words, e.g. `from 100ms to 1h`. */
  readonly words: string
}

/** A duration in the config's notation; the output is milliseconds. */
export function durationField(bounds?: Bounds) {
  const allowed = bounds ? `${DURATION}, ${bounds.words}` : DURATION
  return z
    .string({ error: allowed })
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms !== null && (!bounds || (ms >= bounds.min && ms <= bounds.max))) return ms
      context.addIssue({ code: 'custom', message: allowed, input: text })
      return z.NEVER
    })
    .meta({ pattern: '^\\d+(\\.\\d+)? ?(ms|s|m|h|d)$', examples: ['1500ms', '2s', '5m'] })
}

/** A size in PostgreSQL's notation; the output is bytes. */
export function sizeField() {
  return z
    .string({ error: SIZE })
    .transform((text, context) => {
      const bytes = parseSize(text)
      if (bytes !== null) return bytes
      context.addIssue({ code: 'custom', message: SIZE, input: text })
      return z.NEVER
    })
    .meta({ pattern: '^\\d+(\\.\\d+)? ?(B|kB|MB|GB|TB)$', examples: ['8MB', '1GB'] })
}

/** A name by which the user speaks of something: shown on the screen and taken by commands. */
export function nameField() {
  return z.string({ error: NAME }).regex(/^(?!\s)[^\p{Cc}\p{Cf}]{1,63}(?<!\s)$/u, { error: NAME })
}

const USER = 'the name of a user such as "postgres"'

/** A user of an operating system, as an argument of sudo. */
export function userField() {
  return z.string({ error: USER }).regex(/^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,63}\$?$/, { error: USER })
}

/** Of the search path of a statement. */
export const LOOKED_UP =
  'Schemas in which the names of the statement are looked up. Default: "searchPath" of the database, else "public".'

/** A text that says something. */
export function textField(allowed: string) {
  return z.string({ error: allowed }).min(1, { error: allowed })
}

/** A program and its arguments, run without a shell. */
export function commandField() {
  const allowed = 'a list of texts: a program and its arguments, e.g. ["systemctl", "start", "postgresql"]'
  return z
    .array(textField('a text: the program or one of its arguments'), { error: allowed })
    .min(1, { error: allowed })
}

/** One of a few words. */
export function oneOfField<const Words extends readonly [string, ...string[]]>(words: Words) {
  const quoted = words.map((word) => `"${word}"`)
  return z.enum(words, { error: listText(quoted, 'or') })
}

/** An http or https URL without a user or password in it. */
export function webUrlField() {
  const allowed = 'an http:// or https:// URL such as "https://app.example.net:7272/", without user or password'
  return z.string({ error: allowed }).refine(isWebUrl, { error: allowed })
}

function isWebUrl(given: string): boolean {
  const url = URL.canParse(given) ? new URL(given) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '' && url.username + url.password === ''
}

const SCHEMAS = 'the name of a schema such as "app", or a list of them; [] for none'

/** Schemas in the order in which names are looked up in them; the output is a list. */
export function searchPathField() {
  return z
    .union([z.string(), z.array(z.string()).max(MOST_SCHEMAS)], { error: SCHEMAS })
    .transform((given, context) => {
      const named = given === '' ? [] : given
      const schemas = typeof named === 'string' ? named.split(',').map((name) => name.trim()) : named
      if (schemas.every(isSchemaName)) return schemas
      context.addIssue({ code: 'custom', message: SCHEMAS, input: given })
      return z.NEVER
    })
    .meta({ examples: ['app', ['app', 'public']] })
}

/** An absolute path on a web server. */
export function urlPathField() {
  const allowed = 'a path on the server that begins with "/"'
  return z.string({ error: allowed }).regex(/^\/[^\s]*$/, { error: allowed })
}
