// Keeps passwords in options of pg_hba.conf lines out of what is shown.

const SECRET = /\b(?:ldapbindpasswd|radiussecrets)"?=/g
const URL = /\bldapurl"?=/g

/** The line with the values of options that hold passwords masked, up to the end of their words. */
export function maskOptionSecrets(rule: string): string {
  const shown = replaceWords(rule, SECRET, () => '***')
  return replaceWords(shown, URL, (value) => value.replace(/:\/\/.*@/s, '://***@'))
}

/** Replaces what stands between each match and the end of its word. */
function replaceWords(rule: string, pattern: RegExp, replacement: (value: string) => string): string {
  let shown = ''
  let from = 0
  for (const match of rule.matchAll(pattern)) {
    const start = match.index + match[0].length
    if (start < from) continue
    const end = endOfWord(rule, start)
    shown += rule.slice(from, start) + replacement(rule.slice(start, end))
    from = end
  }
  return shown + rule.slice(from)
}

/** A word ends at a blank outside of quotes, unless a comma joins what comes next. */
function endOfWord(rule: string, start: number): number {
  let inQuote = (rule.slice(0, start).split('"').length - 1) % 2 === 1
  for (let at = start; at < rule.length; at++) {
    const character = rule[at] ?? ''
    if (character === '"') inQuote = !inQuote
    else if (!inQuote && /[ \t\r]/.test(character) && !/,[ \t\r]*$/.test(rule.slice(start, at))) return at
  }
  return rule.length
}
