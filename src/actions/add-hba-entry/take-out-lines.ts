// Takes added lines out of a pg_hba.conf again, and nothing else, also when others have changed the file since.

import { removeOneOfEach } from '../../model/hba/edit/edit-lines.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { restoreHbaFile } from '../hba/edit-hba-file.ts'
import { hbaFileError, readHbaFile, writeHbaFile } from '../hba/hba-file.ts'

/** The file, its digests before and after the lines were added, and these lines. */
export interface AddedLines {
  readonly database: string
  readonly path: string
  readonly before: string
  readonly after: string
  readonly backup: string
  readonly insertions: readonly { readonly line: string; readonly replaces: number | null }[]
}

/**
 * Restores the former file if it is as the step left it. Else it removes only the added lines, and keeps what others
 * have changed. Resolves to what was done. Throws ActionError if a line was replaced, or if PostgreSQL would refuse the
 * result.
 */
export async function takeOutLines(added: AddedLines, tools: ActionToolbox): Promise<string> {
  const { database, path, before, after, backup, insertions } = added
  const file = await readHbaFile(database, path, tools)
  const isTheirs = file.sha256 !== before && file.sha256 !== after
  if (!isTheirs || insertions.some(({ replaces }) => replaces !== null)) return restoreHbaFile(added, tools)
  const edited = removeOneOfEach(
    file.text,
    insertions.map(({ line }) => line),
    await formerText(added, tools),
  )
  if (edited.state === 'unclear') throw new ActionError(`${path}: ${edited.summary}`, `Its backup is ${backup}.`)
  const copy = edited.state === 'changed' ? `${backup}.undone` : backup
  if (edited.state === 'changed')
    await writeHbaFile(database, path, edited.text, { expected: file.sha256, backup: copy }, tools)
  const why = await hbaFileError(database, path, tools)
  if (why !== null)
    throw new ActionError(`PostgreSQL would refuse ${path}: ${why}`, `Correct it; its backup is ${copy}.`)
  // Also where an interrupted undo has removed them: the server admits by the lines that it has loaded.
  await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  return `${path}: ${edited.summary}, what others changed stays, and the server has reloaded`
}

/** Empty if the copy is no longer there: then an equal line may be taken for an added one. */
async function formerText({ database, backup }: AddedLines, tools: ActionToolbox): Promise<string> {
  try {
    return (await readHbaFile(database, backup, tools)).text
  } catch {
    return ''
  }
}
