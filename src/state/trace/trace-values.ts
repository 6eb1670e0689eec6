// Encodes values that JSON does not have, so that they can be restored: LSNs, maps, infinite numbers.

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain }

/** Returns the value in JSON: `{"$bigint":"…"}`, `{"$map":[…]}`, `{"$set":[…]}`, `{"$number":"Infinity"}`. */
export function toPlain(value: unknown): Plain {
  if (typeof value === 'bigint') return { $bigint: String(value) }
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $number: String(value) }
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof Map) return { $map: [...value].map(toPlain) }
  if (value instanceof Set) return { $set: [...value].map(toPlain) }
  if (typeof value !== 'object' || value === null) return null
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  return Object.fromEntries(entries.map(([name, inner]) => [name, toPlain(inner)]))
}

/** Returns the value that `toPlain` got. Objects that only look like its marks are unchanged. */
export function fromPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromPlain)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [only] = entries
  const marked = only && entries.length === 1 ? unmarked(...only) : undefined
  return marked ?? Object.fromEntries(entries.map(([name, inner]) => [name, fromPlain(inner)]))
}

function unmarked(name: string, inner: unknown): unknown {
  if (name === '$bigint' && typeof inner === 'string' && /^-?\d+$/.test(inner)) return BigInt(inner)
  if (name === '$number' && typeof inner === 'string') return Number(inner)
  if (!Array.isArray(inner)) return undefined
  if (name === '$set') return new Set(inner.map(fromPlain))
  if (name === '$map' && inner.every((pair) => Array.isArray(pair) && pair.length === 2))
    return new Map(inner.map(([key, of]) => [fromPlain(key), fromPlain(of)]))
  return undefined
}
