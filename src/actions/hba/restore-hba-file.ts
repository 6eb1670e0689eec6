// What the steps that change a pg_hba.conf have in common: their arguments, and how the file is put back.

import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { readHbaFile, writeHbaFile } from './hba-file.ts'

/** Arguments of them all: the file, its digests (SHA-256 in hex) before and after the step, and where the old one is kept. */
export const hbaFileShape = () => ({
  database: arg.text(),
  path: arg.text(),
  before: arg.text(),
  after: arg.text(),
  backup: arg.text(),
})

/** The file that a step changed. */
export type ChangedHbaFile = Readonly<Record<keyof ReturnType<typeof hbaFileShape>, string>>

/** Puts the old file back and has it read. Throws ActionError where the file is not as the step left it. */
export async function restoreHbaFile(changed: ChangedHbaFile, tools: ActionToolbox): Promise<string> {
  const { database, path, before, after, backup } = changed
  const file = await readHbaFile(database, path, tools)
  if (file.sha256 === before) return `${path} has its former content`
  if (file.sha256 !== after) throw new ActionError(`${path} was changed since: its backup is ${backup}`)
  const old = await readHbaFile(database, backup, tools)
  await writeHbaFile(database, path, old.text, { expected: after, backup: `${backup}.undone` }, tools)
  await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  return `${path} has its former content, and the server has reloaded`
}
