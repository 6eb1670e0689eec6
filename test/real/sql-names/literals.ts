// Finds the string literals of a source file, with those inside of templates.

/** Before a slash, these mean that a regular expression begins; anything else is divided. */
const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};+*%<>~^-]|\b(?:return|typeof|case|of|in))\s*$/

/** The contents of all strings and templates, as they are written, `${…}` included. Not for files with JSX. */
export function literalsIn(source: string): readonly string[] {
  const found: string[] = []
  for (let at = 0; at < source.length; ) at = literalAt(source, at, found) ?? at + 1
  return found
}

/** The end of the comment, pattern or literal that begins there; null where none does. */
function literalAt(source: string, at: number, found: string[]): number | null {
  const rest = source.slice(at, at + 2)
  if (rest === '//') return endOr(source, source.indexOf('\n', at))
  if (rest === '/*') return endOr(source, source.indexOf('*/', at + 2)) + 2
  if (rest.startsWith('/'))
    return BEFORE_PATTERN.test(source.slice(Math.max(0, at - 20), at)) ? patternEnd(source, at) : null
  if (rest.startsWith("'") || rest.startsWith('"')) {
    const [text = ''] = /^(['"])(?:[^\\\n]|\\[\s\S])*?\1/.exec(source.slice(at)) ?? []
    if (text === '') return null
    found.push(text.slice(1, -1))
    return at + text.length
  }
  return rest.startsWith('`') ? templateEnd(source, at, found) : null
}

function endOr(source: string, end: number): number {
  return end === -1 ? source.length : end
}

function patternEnd(source: string, at: number): number {
  const [text = '/'] = /^\/(?:[^\\/[\n]|\\.|\[(?:[^\\\]\n]|\\.)*\])+\/[a-z]*/.exec(source.slice(at)) ?? []
  return at + text.length
}

function templateEnd(source: string, start: number, found: string[]): number {
  let at = start + 1
  while (at < source.length && source[at] !== '`') {
    if (source[at] === '\\') at += 2
    else if (source.startsWith('${', at)) at = filledEnd(source, at + 2, found)
    else at++
  }
  found.push(source.slice(start + 1, at))
  return at + 1
}

/** The end of what fills in a template, with its own literals. */
function filledEnd(source: string, start: number, found: string[]): number {
  let depth = 1
  for (let at = start; at < source.length; ) {
    const after = literalAt(source, at, found)
    if (after !== null) {
      at = after
      continue
    }
    depth += source[at] === '{' ? 1 : source[at] === '}' ? -1 : 0
    at++
    if (depth === 0) return at
  }
  return source.length
}
