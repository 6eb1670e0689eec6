// Problems of a config in words: where in it, what was found there, what is allowed.

import { closest } from 'fastest-levenshtein'
import type * as z from 'zod'
import { redact } from '../../model/logs/redact.ts'
import { clean } from '../../model/values/text.ts'
import { configJsonSchema } from '../schema/file.ts'

/** A place inside the file: `['clusters', 0, 'name']`. */
export type JsonPath = readonly (string | number)[]

/** One problem; `at` says whether it is about the value there or about the key itself. */
export interface ConfigFileProblem {
  readonly path: JsonPath
  readonly at: 'value' | 'key'
  readonly message: string
  /** Where it is in the text, when the place alone doesn't tell. */
  readonly offset?: number
}

/** `clusters[0].servers[1].url`; the whole file is `(top)`. */
export function jsonPathText(place: JsonPath): string {
  let text = ''
  for (const step of place) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[$\w]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(clean(step))}]`
  }
  return text || '(top)'
}

/** A value that isn't allowed there. `allowed` completes the sentence "allowed: …". */
export function notAllowedProblem(place: JsonPath, found: unknown, allowed: string): ConfigFileProblem {
  const what = found === undefined ? 'missing' : `found ${foundValueText(place, found)}`
  return { path: place, at: 'value', message: `${what}; allowed: ${allowed}` }
}

/** A value as a message may show it: short, harmless, and without anything that may be a secret. */
function foundValueText(place: JsonPath, found: unknown): string {
  if (Array.isArray(found)) return found.length === 0 ? 'an empty list' : 'a list'
  if (found !== null && typeof found === 'object') {
    // Thresholds are no secrets, and a pair that is the wrong way round can't be told otherwise.
    return place.includes('alerts') ? clipped(JSON.stringify(found)) : 'an object'
  }
  if (typeof found !== 'string') return String(found)
  if (found === '') return 'an empty text'
  return clipped(JSON.stringify(holdsSecrets(place) ? withoutUser(harmless(found)) : harmless(found)))
}

const SECRET_KEYS = ['dsn', 'monitor', 'webhook', 'url', 'passwordCommand', 'command', 'parameters']

function holdsSecrets(place: JsonPath): boolean {
  return place.some((step) => SECRET_KEYS.includes(String(step)))
}

/** A connection string may stand at the place of a name, or of a key. */
function harmless(text: string): string {
  const plain = clean(text)
  return /:\/\/|=/.test(plain) ? redact(withoutUser(plain)) : plain
}

/** What stands before the last @ may be a password, written as it should not be. */
function withoutUser(text: string): string {
  return text.replace(/^([\w+.:-]+:\/\/)?.*@/, '$1…@').replace(/(password|token|secret|key)\s*=.*/i, '$1=…')
}

function clipped(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

/** The problem of a key that nothing knows, with the nearest one that is known there. */
export function unknownKeyProblem(place: JsonPath, key: string): ConfigFileProblem {
  const known = knownKeys(place)
  const nearest = known.length > 0 ? `; the nearest known key is ${JSON.stringify(closest(key, known))}` : ''
  const others = known.length > 0 ? `; allowed: ${known.join(', ')}` : ''
  const shown = clipped(JSON.stringify(harmless(key)))
  return { path: [...place, key], at: 'key', message: `unknown key ${shown}${nearest}${others}` }
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

function knownKeys(place: JsonPath): readonly string[] {
  let node: SchemaNode | undefined = configJsonSchema() as SchemaNode
  for (const step of place) {
    const shapes: readonly SchemaNode[] = node ? [node, ...(node.anyOf ?? [])] : []
    node =
      typeof step === 'number'
        ? shapes.find(({ items }) => items)?.items
        : shapes.find(({ properties }) => properties)?.properties?.[step]
  }
  return Object.keys(node?.properties ?? node?.anyOf?.find(({ properties }) => properties)?.properties ?? {})
}

/** What the schema objects to, in our words. `value` is what was validated. */
export function problemsFromIssues(issues: readonly z.core.$ZodIssue[], value: unknown): readonly ConfigFileProblem[] {
  return issues.flatMap((issue) => {
    const place = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
    if (issue.code === 'invalid_union') return problemsOfUnion(issue, place, value)
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKeyProblem(place, key))
    return [notAllowedProblem(place, valueAtPath(value, place), issue.message)]
  })
}

/** Of one thing or a list of them: what is wrong with the form that is there. */
function problemsOfUnion(
  { errors, message }: z.core.$ZodIssueInvalidUnion,
  place: JsonPath,
  value: unknown,
): readonly ConfigFileProblem[] {
  const found = valueAtPath(value, place)
  const isOfForm = (issues: readonly z.core.$ZodIssue[]) =>
    !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0)
  const issues = typeof found === 'object' ? errors.find(isOfForm) : undefined
  if (!issues) return [notAllowedProblem(place, found, message)]
  return problemsFromIssues(
    issues.map((issue) => ({ ...issue, path: [...place, ...issue.path] })),
    value,
  )
}

/** The value at a place, undefined where there is none. */
export function valueAtPath(value: unknown, place: JsonPath): unknown {
  let at: unknown = value
  for (const step of place) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, step)) return undefined
    at = (at as Record<string | number, unknown>)[step]
  }
  return at
}

/** What is allowed where a schema has no words of its own: objects, and keys that must be there. */
export function allowedText(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'invalid_type' && issue.expected === 'object') return 'an object'
  return issue.code === 'invalid_type' ? `a value of type ${issue.expected}` : 'another value'
}
