// What the steps that change a pg_hba.conf have in common: their arguments, and how the file is put back.

import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { textArgument } from '../definition/step-arguments.ts'
import { readHbaFile, writeHbaFile } from './hba-file.ts'

/** The file, its digests (SHA-256 in hex) before and after the step, and where the old one is kept. */
export function hbaFileArguments(args: JsonRecord) {
  return {
    database: textArgument(args, 'database'),
    path: textArgument(args, 'path'),
    before: textArgument(args, 'before'),
    after: textArgument(args, 'after'),
    backup: textArgument(args, 'backup'),
  }
}

/** Puts the old file back and has it read. Throws ActionError where the file is not as the step left it. */
export async function restoreHbaFile(args: JsonRecord, tools: ActionToolbox): Promise<string> {
  const { database, path, before, after, backup } = hbaFileArguments(args)
  const file = await readHbaFile(database, path, tools)
  if (file.sha256 === before) return `${path} is as it was`
  if (file.sha256 !== after) throw new ActionError(`${path} was changed since: the old one is in ${backup}`)
  const old = await readHbaFile(database, backup, tools)
  await writeHbaFile(database, path, old.text, { expected: after, backup: `${backup}.undone` }, tools)
  await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  return `${path} is as it was, and read again`
}
