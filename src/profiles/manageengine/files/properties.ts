// Java properties of the product: `readonly.mode=true` in configurations.properties makes a server read-only.

import { joinTextLines, splitTextLines, type TextEdit } from '../../../model/values/text-lines.ts'

const READ_ONLY = /^\s*readonly\.mode\s*[=: ]\s*(\S*)\s*$/i

/** Removes `readonly.mode=true` from the file. A commented line, or one with the value false, stays. */
export function removeReadOnlyMode(text: string): TextEdit {
  const lines = splitTextLines(text)
  const isOn = (line: string) => READ_ONLY.exec(line)?.[1]?.toLowerCase() === 'true'
  const kept = lines.filter((line) => !isOn(line.text))
  if (kept.length === lines.length) return { state: 'already', summary: 'it has no readonly.mode=true' }
  return { state: 'changed', text: joinTextLines(kept), summary: 'readonly.mode=true is removed' }
}
