// The product's serverstate.conf: its word gives the type of the server, `ro` or `master`.

import { joinTextLines, splitTextLines, type TextEdit } from '../../../model/values/text-lines.ts'

/** `ro` as a whole word: bare, as a value, or quoted. */
const RO = /(^|[\s=:"',;[{(])ro(?=$|[\s"',;\]})])/gi
const MASTER = /(^|[\s=:"',;[{(])master(?=$|[\s"',;\]})])/i

/** Replaces `ro` with `master` outside of comments. */
export function setMasterState(text: string): TextEdit {
  const lines = splitTextLines(text)
  const isComment = (line: string) => /^\s*[#!;]/.test(line)
  const changed = lines.map((line) =>
    isComment(line.text) ? line : { ...line, text: line.text.replace(RO, '$1master') },
  )
  const count = changed.filter((line, index) => line.text !== lines[index]?.text).length
  if (count > 1) return { state: 'unclear', summary: `it has the word "ro" in ${count} lines` }
  if (count === 1) return { state: 'changed', text: joinTextLines(changed), summary: '"ro" becomes "master"' }
  const isMaster = lines.some((line) => !isComment(line.text) && MASTER.test(line.text))
  if (isMaster) return { state: 'already', summary: 'it has "master" already' }
  return { state: 'unclear', summary: 'it has neither "ro" nor "master"' }
}
