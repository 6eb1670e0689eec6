// The section "recovery props" of the product's postgres_ext.conf, which makes its PostgreSQL a standby.

import { joinTextLines, splitTextLines, type TextEdit } from '../../../model/values/text-lines.ts'

const HEADER = /^\s*#+[\s\-=*#]*recovery\s*[-_ ]?\s*prop/i
const ENTRY = /^\s*[A-Za-z_][\w.]*\s*(=|\s)\s*\S/
/** If no comment ends the section, its entries are recognized by these names. */
const RECOVERY_SETTINGS =
  /^\s*(primary_conninfo|primary_slot_name|restore_command|recovery_[\w]+|standby_mode|trigger_file|promote_trigger_file|archive_cleanup_command|hot_standby)\b/i

/**
 * Removes the entries of that section from the file. Comments, blank lines and other sections stay. A section ends at a
 * comment in the form of its own header, at a comment that says so, or at the end of the file.
 */
export function removeRecoveryProps(text: string): TextEdit {
  const lines = splitTextLines(text)
  const header = lines.findIndex((line) => HEADER.test(line.text))
  if (header < 0) {
    const stray = lines.filter(({ text: line }) => RECOVERY_SETTINGS.test(line))
    if (stray.length === 0)
      return { state: 'already', summary: 'it has no section "recovery props" and no recovery settings' }
    return { state: 'unclear', summary: `it has ${stray.length} recovery settings, but no section "recovery props"` }
  }
  const end = sectionEnd(
    lines.map(({ text: line }) => line),
    header,
  )
  const isEntry = (index: number) => index > header && index < end && ENTRY.test(lines[index]?.text ?? '')
  const entries = lines.filter((_, index) => isEntry(index))
  if (entries.length === 0) return { state: 'already', summary: 'its section "recovery props" is empty' }
  const kept = lines.filter((_, index) => !isEntry(index))
  return {
    state: 'changed',
    text: joinTextLines(kept),
    summary: `${entries.length} entries of the section "recovery props" are removed`,
  }
}

function sectionEnd(lines: readonly string[], header: number): number {
  const shape = shapeOf(lines[header] ?? '')
  const end = lines.findIndex((line, index) => {
    if (index <= header || !line.trimStart().startsWith('#')) return false
    if (/\bend\b/i.test(line)) return true
    // A commented entry or a sentence inside the section is not a header.
    return !/[=']/.test(line.replace(/^[\s#\-=*]+|[\s#\-=*]+$/g, '')) && shapeOf(line) === shape && !isSentence(line)
  })
  return end < 0 ? lines.length : end
}

/** The characters around a header's words: `#----`, `##`, `# `. */
function shapeOf(line: string): string {
  const [before = ''] = /^\s*#+[\s\-=*#]*/.exec(line) ?? []
  const [after = ''] = /[-=*#]*\s*$/.exec(line) ?? []
  return `${before.trim().replace(/(.)\1+/g, '$1')}|${after.trim().slice(0, 1)}`
}

/** A header is a few words without a full stop. */
function isSentence(line: string): boolean {
  const words = line.replace(/^[\s#\-=*]+|[\s\-=*#]+$/g, '')
  return words === '' || /[.:;,]$/.test(words) || words.split(/\s+/).length > 4
}
