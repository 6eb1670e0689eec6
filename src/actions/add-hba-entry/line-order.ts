// Where new lines come to stand among those that are there: the first line that fits a connection decides.

import { type Shadowed, shadowed } from '../../model/hba/match/shadow.ts'
import { readRecord } from '../../model/hba/syntax/parse.ts'
import type { HbaRecord } from '../../model/hba/syntax/record.ts'
import { fieldsOf } from '../../model/hba/syntax/tokens.ts'
import type { Insertion } from './edit-hba.ts'

/** Those of the new lines that a line of now takes everything from. `path` is the file that they go into. */
export function hiddenAmong(
  records: readonly HbaRecord[],
  insertions: readonly Insertion[],
  path: string,
  major: number,
): readonly Shadowed[] {
  const added = insertions.flatMap(({ line, before, replaces }) => {
    const record = readRecord({ file: path, line: 0, raw: line, fields: fieldsOf(line), error: null }, major)
    return 'error' in record ? [] : [{ record, place: replaces ?? before, replaces }]
  })
  return added.flatMap(({ record, place }) => {
    const at = place === null ? -1 : records.findIndex(({ file, line }) => file === path && line >= place)
    const above = (at < 0 ? records : records.slice(0, at)).filter(
      (each) => !insertions.some(({ replaces }) => each.file === path && each.line === replaces),
    )
    const found = shadowed([...above, record]).find((each) => each.record === record)
    return found ? [found] : []
  })
}
