// Takes lines out of a pg_hba.conf: proven by the server before it goes by them, with a copy kept, put back by undo.

import { removeNumberedLines } from '../../model/hba/edit/edit-lines.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import { numberArgument, textListArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { firstRuleError, leftRows, readFileRules } from '../hba/file-rules.ts'
import { hbaFileError, readHbaFile, sha256OfText, writeHbaFile } from '../hba/hba-file.ts'
import { hbaFileArguments, restoreHbaFile } from '../hba/restore-hba-file.ts'

export interface HbaRemoval {
  readonly database: string
  readonly path: string
  readonly major: number
  readonly before: string
  readonly after: string
  readonly backup: string
  readonly lines: readonly number[]
  /** What these lines say, as the server reads them: it must have no row for them any more. */
  readonly texts: readonly string[]
}

export function removeHbaLinesArguments(args: HbaRemoval): JsonRecord {
  return { ...args }
}

export const removeHbaLinesKind: StepKind = {
  kind: 'remove-hba-lines',
  async run(args, tools) {
    const { database, path, before, after, backup } = hbaFileArguments(args)
    const file = await readHbaFile(database, path, tools)
    if (file.sha256 !== after) {
      const text =
        file.sha256 === before ? removeNumberedLines(file.text, linesOf(args), numberArgument(args, 'major')) : null
      if (text === null || sha256OfText(text) !== after)
        throw new ActionError(
          `${path} was changed since the plan was made`,
          'Plan again: the file is not the one that was read.',
        )
      await writeHbaFile(database, path, text, { expected: before, backup }, tools)
      const error = await hbaFileError(database, path, tools)
      if (error !== null) {
        await writeHbaFile(database, path, file.text, { expected: after, backup: `${backup}.refused` }, tools)
        throw new ActionError(
          `PostgreSQL would refuse ${path}: ${error}; the file is as it was before`,
          'Nothing was reloaded.',
        )
      }
    }
    await tools.callFunction(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  },
  async verify(args, tools): Promise<Verification> {
    const { database, path, after } = hbaFileArguments(args)
    const look = (await tools.refresh(['hba'])).snapshot.databases.find(({ spec }) => spec.id === database)?.onDemand
      .hba
    const sight = look?.state === 'fresh' ? look.value.reading : null
    // An attempt may have been cut off before the reload: whoever was taken out would still be let in.
    if (sight?.known && (sight.reloadState === 'edited' || sight.reloadState === 'broken'))
      return { result: 'not-yet', why: sight.why }
    const rows = await readFileRules(database, tools)
    const texts = args.texts === undefined ? [] : textListArgument(args, 'texts')
    if (rows !== null && texts.length > 0) {
      const why = firstRuleError(rows, path) ?? leftRows(rows, texts, path, numberArgument(args, 'major'))
      if (why !== null) return { result: 'not-yet', why }
      return { result: 'yes', evidence: 'the server has no row for them any more, and has read its files again' }
    }
    const file = await readHbaFile(database, path, tools)
    if (file.sha256 !== after) return { result: 'not-yet', why: `${path} is not as planned` }
    const proof = rows === null ? '; this role may not see pg_hba_file_rules, which would prove it' : ''
    return { result: 'yes', evidence: `${path} is without them, and was read again${proof}` }
  },
  undo: restoreHbaFile,
}

function linesOf({ lines }: JsonRecord): readonly number[] {
  return Array.isArray(lines) ? lines.filter((each) => typeof each === 'number') : []
}
