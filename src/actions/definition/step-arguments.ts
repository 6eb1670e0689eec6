// The form of a step's arguments, and how they are read. They come from a journal, which may be of another version, or
// edited.

import * as z from 'zod'
import type { JsonRecord, JsonValue } from '../../model/runs/plan.ts'

/**
 * The form of a kind's arguments. It is made when a step of the kind is first read, so that it costs nothing at the
 * start.
 */
export type ArgumentsForm = () => z.ZodObject

/** The type of the arguments of a form: `type Args = arg.Of<typeof form>`. */
export type Of<Form extends ArgumentsForm> = z.output<ReturnType<Form>>

/** A record with exactly these arguments. */
export const form = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(shape)
export const text = () => z.string()
export const number = () => z.number()
export const flag = () => z.boolean()
/** A text that may be unknown or absent (null). */
export const optionalText = () => z.string().nullable()
export const optionalNumber = () => z.number().nullable()
export const nothing = () => z.null()
export const oneOf = <const Words extends readonly string[]>(...words: Words) => z.enum(words)
export const list = <Each extends z.ZodType>(each: Each) => z.array(each).readonly()
/** A list of texts: the words of a command, or names. */
export const texts = () => list(text())
/** A record whose form its reader knows. */
export const record = () =>
  z.record(
    z.string(),
    z.custom<JsonValue>((given) => given !== undefined),
  )
/** The values of a statement's parameters. */
export const values = () => z.custom<readonly JsonValue[]>(Array.isArray)

interface KnownForm {
  readonly schema: z.ZodObject
  readonly upgrades: Readonly<Record<number, (args: JsonRecord) => JsonRecord>>
  readonly current: number
}

export type ReadArguments<Args> =
  | { readonly fits: true; readonly args: Args }
  | { readonly fits: false; readonly why: string }

/**
 * Reads arguments of a form of that version, upgraded to the current one. Returns the arguments, or what is wrong with
 * them.
 */
export function readArguments<Args>(
  { schema, upgrades, current }: KnownForm,
  stored: JsonRecord,
  version: number,
): ReadArguments<Args> {
  let args = stored
  for (let from = version; from !== current; from++) {
    const upgrade = from < current ? upgrades[from] : undefined
    if (!upgrade) return { fits: false, why: otherVersionText(version, current) }
    args = upgrade(args)
  }
  const parsed = schema.safeParse(args)
  if (parsed.success) return { fits: true, args: parsed.data as Args }
  return { fits: false, why: parsed.error.issues.map((issue) => problemText(issue, args)).join('; ') }
}

function otherVersionText(version: number, current: number): string {
  return `another version of pgdeck wrote it (form ${version} of its arguments, this one knows form ${current})`
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a record',
  record: 'a record',
}

/** Names the argument and what was expected. Of the value only the type is named: it may be a secret. */
function problemText(issue: z.core.$ZodIssue, args: JsonRecord): string {
  if (issue.code === 'unrecognized_keys') return `unknown arguments: ${issue.keys.join(', ')}`
  const name = issue.path.join('.') || 'args'
  const wanted = issue.code === 'invalid_type' ? (EXPECTED[issue.expected] ?? issue.expected) : 'another value'
  return `"${name}": ${wanted} was expected, found ${typeText(valueAt(args, issue.path))}`
}

function valueAt(args: JsonRecord, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], args)
}

function typeText(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return EXPECTED[typeof value] ?? typeof value
}
