// Settings whose value is a list of names that the server quotes one by one: ALTER SYSTEM needs one literal for each.

/** As a single literal, `'a, b'` would become the one name "a, b": the server would look for a library of that name, and not start. */
const LISTS: ReadonlySet<string> = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
])

export function isListSetting(name: string): boolean {
  return LISTS.has(name)
}

/**
 * The names of a list such as `a, "b c"`; null: a quote is not closed, or a name is empty. Without quotes a name ends at the next
 * comma, and may have blanks inside, as in a path.
 */
export function listElements(value: string): readonly string[] | null {
  const names: string[] = []
  let rest = value.trim()
  if (rest === '') return []
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"\s*/.exec(rest)
    const plain = quoted ? null : /^[^,"]+/.exec(rest)
    const name = quoted ? (quoted[1] ?? '').replaceAll('""', '"') : (plain?.[0].trim() ?? '')
    if (name === '') return null
    names.push(name)
    rest = rest.slice((quoted ?? plain)?.[0].length ?? 0)
    if (rest === '') return names
    if (!rest.startsWith(',')) return null
    rest = rest.slice(1).trimStart()
  }
}
