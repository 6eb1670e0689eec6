// Lines to add, by the file that gets them: the main pg_hba.conf or a file that it includes, with the text afterwards.

import type { HbaServer } from '../../model/measured/hba-reading.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { type HbaFile, type HbaFileAccess, hbaFileAccess, readHbaFile, zeroByteReason } from '../hba/hba-file.ts'
import { type HbaInsertion, withInsertedLines } from './edit-hba.ts'

/** A line, its place, and the file of that place. */
export interface PlacedLine extends HbaInsertion {
  readonly file: string
}

/** A file that gets lines. */
export interface FileLines<Line extends PlacedLine> {
  readonly path: string
  readonly lines: readonly Line[]
  readonly insertions: readonly HbaInsertion[]
  readonly access: HbaFileAccess
  /** Its content and the content afterwards; null if pgdeck can't reach the file. */
  readonly change: { readonly file: HbaFile; readonly edited: string } | null
}

/** Reads each file that gets lines, in their order. Throws an Error for people if one of them can't be edited so. */
export async function linesByFile<Line extends PlacedLine>(
  database: string,
  lines: readonly Line[],
  { major }: Pick<HbaServer, 'major'>,
  tools: ActionToolbox,
): Promise<readonly FileLines<Line>[]> {
  const access = await hbaFileAccess(database, tools)
  const paths = [...new Set(lines.map(({ file }) => file))]
  return Promise.all(
    paths.map(async (path) => {
      const own = lines.filter(({ file }) => file === path)
      const insertions = own.map(({ line, before, replaces }) => ({ line, before, replaces }))
      const common = { path, lines: own, insertions, access }
      if (access.method === 'manual') return { ...common, change: null }
      const file = await readHbaFile(database, path, tools)
      if (file.text.includes('\0')) throw new Error(zeroByteReason(path))
      const edited = withInsertedLines(file.text, insertions, major)
      if (edited === null) throw new Error(`${path} has no line with that number`)
      return { ...common, change: { file, edited } }
    }),
  )
}
