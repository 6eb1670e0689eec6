// JSON pointers (RFC 6901): finds one value in a document, or reports which part of the pointer has no value.

import { clean } from '../../model/values/text.ts'

/** The pointer is malformed or finds no value. The message names the part and what was found there. */
export class JsonPointerError extends Error {}

/** Returns the value at `pointer` in `document`. Throws JsonPointerError. */
export function resolveJsonPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document
  if (!pointer.startsWith('/')) throw new JsonPointerError(`the pointer ${pointer} does not begin with /`)
  let value = document
  let walked = ''
  for (const token of pointer.slice(1).split('/')) {
    value = step(value, token.replaceAll('~1', '/').replaceAll('~0', '~'), pointer, walked)
    walked += `/${token}`
  }
  return value
}

function step(value: unknown, key: string, pointer: string, walked: string): unknown {
  const place = walked === '' ? 'the document' : walked
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    if (/^(0|[1-9]\d*)$/.test(key) && Number(key) < items.length) return items[Number(key)]
    throw new JsonPointerError(`${pointer} matches nothing: ${place} has ${items.length} items and no ${key}`)
  }
  if (typeof value === 'object' && value !== null) {
    if (Object.hasOwn(value, key)) return Reflect.get(value, key)
    const keys = Object.keys(value).slice(0, 8).join(', ')
    throw new JsonPointerError(
      `${pointer} matches nothing: ${place} has no ${key}, only ${keys === '' ? 'nothing' : keys}`,
    )
  }
  throw new JsonPointerError(`${pointer} matches nothing: ${place} is ${describeJson(value)}`)
}

/** Describes a value in a few words that are safe to show: `"forty"`, `null`, `an object`, `-3`. */
export function describeJson(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'string') return JSON.stringify(clean(value.slice(0, 60)))
  if (typeof value === 'object' && value !== null) return 'an object'
  return clean(String(value)).slice(0, 60)
}
