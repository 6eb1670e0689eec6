// What changed between two values, in JSON: only the fields and elements that differ.

import { toPlain } from '../trace/trace-values.ts'

/**
 * `[value]`: replaced. `{field: change}`: fields of an object, or elements of a list of the same length. `[{…}, [field]]`:
 * fields that changed and fields that are gone. `[length, {…}]`: a list that has another length.
 */
export type Change =
  | readonly [unknown]
  | { readonly [name: string]: Change }
  | readonly [{ readonly [name: string]: Change }, readonly string[]]
  | readonly [number, { readonly [index: string]: Change }]

/** Makes a value harmless to store: its plain form without secrets. `name` is that of its field. */
export type StoredForm = (name: string, value: unknown) => unknown

/** Returns what turns `before` into `after`; null if they are equal. Values are as in the state. */
export function changeBetween(before: unknown, after: unknown, name: string, stored: StoredForm): Change | null {
  if (Object.is(before, after)) return null
  if (Array.isArray(before) && Array.isArray(after)) return changeOfList(before, after, name, stored)
  if (isRecord(before) && isRecord(after)) return changeOfRecord(before, after, stored)
  if (isOpaque(before) && isOpaque(after) && JSON.stringify(toPlain(before)) === JSON.stringify(toPlain(after)))
    return null
  return [stored(name, after)]
}

/** Maps and sets are compared as a whole. */
function isOpaque(value: unknown): boolean {
  return value instanceof Map || value instanceof Set
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isOpaque(value)
}

function changeOfRecord(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  stored: StoredForm,
): Change | null {
  const changed: [string, Change][] = []
  const removed: string[] = []
  for (const name in after) {
    const value = after[name]
    if (value === undefined) continue
    if (fieldOf(before, name) === undefined) changed.push([name, [stored(name, value)]])
    else {
      const change = changeBetween(before[name], value, name, stored)
      if (change !== null) changed.push([name, change])
    }
  }
  for (const name in before) if (before[name] !== undefined && fieldOf(after, name) === undefined) removed.push(name)
  if (removed.length > 0) return [Object.fromEntries(changed), removed]
  return changed.length === 0 ? null : Object.fromEntries(changed)
}

/** Names may come from outside: `constructor` is a name of a database too. */
function fieldOf(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function changeOfList(
  before: readonly unknown[],
  after: readonly unknown[],
  name: string,
  stored: StoredForm,
): Change | null {
  const changed: [string, Change][] = []
  for (const [index, value] of after.entries()) {
    const change = index < before.length ? changeBetween(before[index], value, name, stored) : [stored(name, value)]
    if (change !== null) changed.push([String(index), change as Change])
  }
  if (before.length !== after.length) return [after.length, Object.fromEntries(changed)]
  return changed.length === 0 ? null : Object.fromEntries(changed)
}

/** A change does not fit the value that it is applied to. */
export class ChangeError extends Error {}

/** Returns the value after the change. Both are plain JSON, as stored. Throws ChangeError. */
export function withChange(before: unknown, change: unknown): unknown {
  if (!Array.isArray(change)) return changedParts(before, change, null, [])
  const [first, second] = change
  if (change.length === 1) return first
  if (typeof first === 'number' && Number.isInteger(first) && first >= 0 && first <= LONGEST_LIST)
    return changedParts(before, second, first, [])
  if (Array.isArray(second)) return changedParts(before, first, null, second)
  throw new ChangeError('a change is malformed')
}

/** A damaged file must not make a list that fills the memory. */
const LONGEST_LIST = 1_000_000

function changedParts(before: unknown, parts: unknown, length: number | null, removed: readonly unknown[]): unknown {
  if (typeof parts !== 'object' || parts === null || Array.isArray(parts))
    throw new ChangeError('a change is malformed')
  if (Array.isArray(before)) {
    const list: unknown[] = before.slice(0, length ?? before.length)
    for (const [index, change] of Object.entries(parts)) {
      if (Number(index) >= (length ?? before.length)) throw new ChangeError('a change is beyond its list')
      list[Number(index)] = withChange(list[Number(index)], change)
    }
    return list
  }
  if (typeof before !== 'object' || before === null) throw new ChangeError('a change has nothing that it changes')
  const known = new Map<string, unknown>(Object.entries(before))
  for (const [name, change] of Object.entries(parts)) known.set(name, withChange(known.get(name), change))
  for (const name of removed) known.delete(String(name))
  return Object.fromEntries(known)
}
