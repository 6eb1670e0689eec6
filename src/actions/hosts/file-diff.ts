// The difference between two texts of one file, as a person reads it in a plan. Secrets are taken out of both first.

import { redact } from '../../model/logs/redact.ts'
import { clean } from '../../model/values/text.ts'

const CONTEXT_LINES = 2

/** A unified diff; line breaks of Windows are written as such, everything else that can't be seen is taken out. */
export async function unifiedDiff(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch } = await import('diff')
  const [old, next] = [before, after].map((text) => redact(text.replaceAll('\r\n', '\n')))
  const patch = createTwoFilesPatch(path, path, old ?? '', next ?? '', undefined, undefined, { context: CONTEXT_LINES })
  const lines = patch.split('\n').filter((line) => !/^(=+$|Index: )/.test(line))
  const note = before.includes('\r\n') ? ['(line breaks stay CR LF)'] : []
  return [...lines.map((line) => clean(line)), ...note].join('\n').trim()
}
