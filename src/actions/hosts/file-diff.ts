// The difference between two texts of a file, as a plan shows it. Secrets are removed from both texts first.

import { redact } from '../../model/logs/redact.ts'
import { clean } from '../../model/values/text.ts'

const CONTEXT_LINES = 2

/** Returns a unified diff. Windows line breaks are shown; other invisible characters are removed. */
export async function unifiedDiff(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch } = await import('diff')
  const [old, next] = [before, after].map((text) => redact(text.replaceAll('\r\n', '\n')))
  const patch = createTwoFilesPatch(path, path, old ?? '', next ?? '', undefined, undefined, { context: CONTEXT_LINES })
  const lines = patch.split('\n').filter((line) => !/^(=+$|Index: )/.test(line))
  const note = before.includes('\r\n') ? ['(line breaks stay CR LF)'] : []
  return [...lines.map((line) => clean(line)), ...note].join('\n').trim()
}
