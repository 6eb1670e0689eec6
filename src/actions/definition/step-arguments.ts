// Reads the arguments of a step: they come from a journal, so that their types have to be looked at.

import type { JsonRecord, JsonValue } from '../../model/runs/plan.ts'

/** The text of that name. Throws where there is none: a journal was edited, or is of another version. */
export function textArgument(args: JsonRecord, name: string): string {
  const value = args[name]
  if (typeof value === 'string') return value
  throw wrong(name, 'a text', value)
}

export function optionalTextArgument(args: JsonRecord, name: string): string | null {
  return args[name] === null || args[name] === undefined ? null : textArgument(args, name)
}

export function numberArgument(args: JsonRecord, name: string): number {
  const value = args[name]
  if (typeof value === 'number') return value
  throw wrong(name, 'a number', value)
}

export function flagArgument(args: JsonRecord, name: string): boolean {
  return args[name] === true
}

/** A list of texts: the words of a command, names. */
export function textListArgument(args: JsonRecord, name: string): readonly string[] {
  const value: JsonValue | undefined = args[name]
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw wrong(name, 'a list of texts', value)
}

function wrong(name: string, wanted: string, found: unknown): Error {
  return new Error(
    `the journal’s step has no usable "${name}": ${wanted} was expected, found ${JSON.stringify(found) ?? 'nothing'}`,
  )
}

/** A list of records. */
export function recordListArgument(args: JsonRecord, name: string): readonly JsonRecord[] {
  const value: JsonValue | undefined = args[name]
  if (Array.isArray(value) && value.every(isRecord)) return value
  throw wrong(name, 'a list of records', value)
}

function isRecord(value: JsonValue): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
