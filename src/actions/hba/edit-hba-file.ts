// How a step edits a pg_hba.conf: only the file that was planned for, with a copy kept. The server checks it, and undo
// restores it.

import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { readHbaFile, sha256OfText, writeHbaFile } from './hba-file.ts'

/**
 * Arguments of these steps: the file, its digests (SHA-256 in hex) before and after the step, and the path of the copy.
 */
export const hbaFileShape = () => ({
  database: arg.text(),
  path: arg.text(),
  before: arg.text(),
  after: arg.text(),
  backup: arg.text(),
})

/** The file that a step changes or has changed. */
type ChangedHbaFile = Readonly<Record<keyof ReturnType<typeof hbaFileShape>, string>>

export interface HbaFileEdit {
  /** Returns the edited text; null if the edit is impossible in it. May throw ActionError. */
  edited(text: string): string | null
  /** Returns why the server would refuse the file as it is now; null: it accepts it, or it can't be asked. */
  whyRefused(): Promise<string | null>
}

/**
 * Edits the file, or finds that an earlier attempt did. If the server would refuse the result, the old file is restored
 * before any reload. Throws ActionError then, and if the file is neither the one planned for nor the planned result.
 */
export async function editHbaFile(
  changed: ChangedHbaFile,
  { edited, whyRefused }: HbaFileEdit,
  tools: ActionToolbox,
): Promise<void> {
  const { database, path, before, after, backup } = changed
  const file = await readHbaFile(database, path, tools)
  const isWritten = file.sha256 === after
  if (isWritten && before === after) return
  if (!isWritten) {
    if (file.sha256 !== before) {
      throw new ActionError(`${path} was changed since the plan was made`, 'Plan again from its present content.')
    }
    const text = edited(file.text)
    if (text === null || sha256OfText(text) !== after) throw new ActionError(`pgdeck can’t edit ${path} as planned`)
    await writeHbaFile(database, path, text, { expected: before, backup }, tools)
  }
  // Asked also for the result of an interrupted attempt, which may not have asked the server.
  const why = await whyRefused()
  if (why === null) return
  const old = isWritten ? (await readHbaFile(database, backup, tools)).text : file.text
  await writeHbaFile(database, path, old, { expected: after, backup: `${backup}.refused` }, tools)
  throw new ActionError(`${why}; the file is unchanged`, 'Nothing was reloaded.')
}

/**
 * Restores the old file and reloads, also if the file is restored already: an interrupted undo may not have reloaded,
 * and the server still admits by the lines that it has loaded. Throws ActionError if the file is not as the step left it.
 */
export async function restoreHbaFile(changed: ChangedHbaFile, tools: ActionToolbox): Promise<string> {
  const { database, path, before, after, backup } = changed
  const file = await readHbaFile(database, path, tools)
  if (file.sha256 !== before) {
    if (file.sha256 !== after) throw new ActionError(`${path} was changed since: its backup is ${backup}`)
    const old = await readHbaFile(database, backup, tools)
    await writeHbaFile(database, path, old.text, { expected: after, backup: `${backup}.undone` }, tools)
  }
  await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  return `${path} has its former content, and the server has reloaded`
}
