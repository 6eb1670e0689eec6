// Whether a document has what a patch of Patroni's dynamic configuration sets: null removes a key.

/** Compares as Patroni applies it: records are merged, everything else is replaced. */
export function includesPatch(document: unknown, patch: unknown): boolean {
  if (!isRecord(patch)) return isSame(document, patch)
  const found: Readonly<Record<string, unknown>> = isRecord(document) ? document : {}
  return Object.entries(patch).every(([key, wanted]) =>
    wanted === null ? !Object.hasOwn(found, key) : Object.hasOwn(found, key) && includesPatch(found[key], wanted),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Patroni stores no text in the place of a number that is written so, nor the other way round. */
function isSame(one: unknown, other: unknown): boolean {
  if (isPlain(one) && isPlain(other)) return String(one) === String(other)
  return JSON.stringify(one) === JSON.stringify(other)
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}
