// Which HTTP status a server should have answered, in so few words that what is wrong still fits beside them.

const MOST_NAMED = 3

/** `HTTP 500, not 200, 204 or a redirect`. The details name every code of `healthy`; here long lists are made short. */
export function unexpectedStatusText(status: number, healthy: readonly number[]): string {
  const codes = [...new Set(healthy)].sort((one, other) => one - other)
  // To one that answers with a redirect "not a redirect" would be wrong.
  const redirects = isRedirect(status) ? [] : codes.filter(isRedirect)
  const named = redirects.length > 1 ? codes.filter((code) => !isRedirect(code)) : codes
  const parts = [...runs(named), ...(redirects.length > 1 ? ['a redirect'] : [])]
  return `HTTP ${status}, not ${parts.length > MOST_NAMED ? `one of the ${codes.length} expected` : orList(parts)}`
}

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400
}

/** Three and more that follow each other are one part: `200–204`. */
function runs(codes: readonly number[]): readonly string[] {
  const found: number[][] = []
  for (const code of codes) {
    const run = found.at(-1)
    if (run?.at(-1) === code - 1) run.push(code)
    else found.push([code])
  }
  return found.flatMap((run) => (run.length > 2 ? [`${run[0]}–${run.at(-1)}`] : run.map(String)))
}

function orList(parts: readonly string[]): string {
  const last = parts.at(-1) ?? 'known'
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} or ${last}`
}
