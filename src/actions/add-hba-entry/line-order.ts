// Where new lines are inserted among the existing ones. The first line that matches a connection decides.

import { type ShadowedLine, shadowedLines } from '../../model/hba/match/shadow.ts'
import { parseHbaRecord } from '../../model/hba/syntax/parse.ts'
import type { HbaRecord } from '../../model/hba/syntax/record.ts'
import { hbaFields } from '../../model/hba/syntax/tokens.ts'
import type { PlacedLine } from './file-lines.ts'

/** Returns the new lines that an existing line shadows completely. `path` is the main file. */
export function shadowedInsertions(
  records: readonly HbaRecord[],
  insertions: readonly PlacedLine[],
  { path, major }: { readonly path: string; readonly major: number },
): readonly ShadowedLine[] {
  const added = insertions.flatMap(({ line, before, replaces, file }) => {
    const record = parseHbaRecord({ file, line: 0, raw: line, fields: hbaFields(line, major), error: null }, major)
    return 'error' in record ? [] : [{ record, place: replaces ?? before }]
  })
  return added.flatMap(({ record, place }) => {
    const above = recordsAbove(records, record.file, place, path).filter(
      (each) => !insertions.some(({ file, replaces }) => each.file === file && each.line === replaces),
    )
    const shadowed = shadowedLines([...above, record]).find((each) => each.record === record)
    return shadowed ? [shadowed] : []
  })
}

/** The records before a line of a file, or before its end. */
function recordsAbove(
  records: readonly HbaRecord[],
  file: string,
  place: number | null,
  path: string,
): readonly HbaRecord[] {
  const at = place === null ? -1 : records.findIndex((each) => each.file === file && each.line >= place)
  if (at >= 0) return records.slice(0, at)
  const last = file === path ? -1 : records.findLastIndex((each) => each.file === file)
  return last < 0 ? records : records.slice(0, last + 1)
}
