// Removes lines from a pg_hba.conf. The server checks the file before the reload; a copy is kept, and undo restores it.

import { removeNumberedLines } from '../../model/hba/edit/edit-lines.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import type { StepMethod } from '../../model/runs/plan.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, MANUAL_STEP_SECONDS, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { editHbaFile, hbaFileShape, restoreHbaFile } from '../hba/edit-hba-file.ts'
import { firstRuleError, leftRows, readFileRules } from '../hba/file-rules.ts'
import { hbaFileError, readHbaFile } from '../hba/hba-file.ts'

const form = () =>
  arg.form({
    ...hbaFileShape(),
    major: arg.number(),
    lines: arg.list(arg.number()),
    /** The lines as the server reads them. It must have no row for them afterwards. */
    texts: arg.texts(),
  })
type Args = arg.Of<typeof form>

export interface HbaRemoval {
  /** The standby that is removed, and the database whose file it is. */
  readonly view: DatabaseView
  readonly on: DatabaseView
  readonly removal: Args
  readonly method: StepMethod
  /** The lines as the plan shows them. */
  readonly rules: string
}

export const removeHbaLinesKind = defineStep({
  kind: 'remove-hba-lines',
  version: 2,
  // Version 0.1.0 stored no texts: then only the file is compared.
  upgrades: { 1: (args) => ({ texts: [], ...args }) },
  args: form,
  plan({ view, on, removal, method, rules }: HbaRemoval): StepPlan<Args> {
    const { path, lines, backup } = removal
    return {
      id: `hba-${on.id}`,
      args: removal,
      title: `remove ${lines.length === 1 ? 'the line' : `${lines.length} lines`} for ${view.name} from ${path.split('/').at(-1)} of ${on.name}`,
      how: method,
      where: on.name,
      detail: `In ${path}, delete:\n${rules}\nSELECT pg_catalog.pg_reload_conf();`,
      verify: 'pg_hba_file_rules no longer has a row for them, and the server has reloaded',
      undo: method === 'manual' ? null : `backup: ${backup}`,
      ifStopped: 'A client with its password could still replicate from that address.',
      maySkip: true,
      deadlineSeconds: method === 'manual' ? MANUAL_STEP_SECONDS : 15,
    }
  },
  async run(args, tools) {
    const { database, path } = args
    await editHbaFile(
      args,
      {
        edited: (text) => removeNumberedLines(text, args.lines, args.major),
        async whyRefused() {
          const error = await hbaFileError(database, path, tools)
          return error === null ? null : `PostgreSQL would refuse ${path}: ${error}`
        },
      },
      tools,
    )
    await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  },
  async verify(args, tools): Promise<Verification> {
    const { database, path, after } = args
    const hba = (await tools.refresh(['hba'])).snapshot.databases.find(({ spec }) => spec.id === database)?.onDemand.hba
    const reading = hba?.state === 'fresh' ? hba.value.reading : null
    // An attempt may have been interrupted before the reload: the old lines would still be in force.
    if (reading?.known && (reading.reloadState === 'edited' || reading.reloadState === 'broken'))
      return { result: 'not-yet', why: reading.why }
    const rows = await readFileRules(database, tools)
    if (rows !== null && args.texts.length > 0) {
      const why = firstRuleError(rows, path) ?? leftRows(rows, args.texts, path, args.major)
      if (why !== null) return { result: 'not-yet', why }
      return { result: 'yes', evidence: 'pg_hba_file_rules no longer has a row for them, and the server has reloaded' }
    }
    const file = await readHbaFile(database, path, tools)
    if (file.sha256 !== after) return { result: 'not-yet', why: `${path} differs from the plan` }
    const proof = rows === null ? '; this role may not read pg_hba_file_rules to verify it' : ''
    return { result: 'yes', evidence: `${path} no longer has them, and the server has reloaded${proof}` }
  },
  undo: restoreHbaFile,
})
