// Splits the output of the host script into its named sections.

import { clean } from '../../model/values/text.ts'

/** Lines of the output by section, passed through `clean()`. */
export type ScriptSections = ReadonlyMap<string, readonly string[]>

/**
 * Splits at the lines that begin with `mark`, and drops what comes before the first. The exit code of a section's
 * program is in the section `NAME ended`.
 */
export function parseScriptSections(output: string, mark: string): ScriptSections {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  let latest = ''
  for (const raw of output.split('\n')) {
    if (!raw.startsWith(`${mark} `)) {
      lines.push(clean(raw))
      continue
    }
    const [name = '', ...rest] = raw.slice(mark.length + 1).split(' ')
    if (name === 'ended') {
      sections.set(`${latest} ended`, rest)
      continue
    }
    lines = []
    latest = name
    sections.set(name, lines)
  }
  for (const one of sections.values()) while (one.at(-1) === '') one.pop()
  return sections
}
