// Where new lines are inserted among the existing ones. The first line that matches a connection decides.

import { type ShadowedLine, shadowedLines } from '../../model/hba/match/shadow.ts'
import { parseHbaRecord } from '../../model/hba/syntax/parse.ts'
import type { HbaRecord } from '../../model/hba/syntax/record.ts'
import { hbaFields } from '../../model/hba/syntax/tokens.ts'
import type { HbaInsertion } from './edit-hba.ts'

/** Returns the new lines that an existing line shadows completely. `path` is the file that they are inserted in. */
export function shadowedInsertions(
  records: readonly HbaRecord[],
  insertions: readonly HbaInsertion[],
  path: string,
  major: number,
): readonly ShadowedLine[] {
  const added = insertions.flatMap(({ line, before, replaces }) => {
    const record = parseHbaRecord(
      { file: path, line: 0, raw: line, fields: hbaFields(line, major), error: null },
      major,
    )
    return 'error' in record ? [] : [{ record, place: replaces ?? before, replaces }]
  })
  return added.flatMap(({ record, place }) => {
    const at = place === null ? -1 : records.findIndex(({ file, line }) => file === path && line >= place)
    const above = (at < 0 ? records : records.slice(0, at)).filter(
      (each) => !insertions.some(({ replaces }) => each.file === path && each.line === replaces),
    )
    const shadowed = shadowedLines([...above, record]).find((each) => each.record === record)
    return shadowed ? [shadowed] : []
  })
}
