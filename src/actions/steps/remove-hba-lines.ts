// Takes lines out of a pg_hba.conf: proven by the server before it goes by them, with a copy kept, put back by undo.

import { withoutLines } from '../../model/hba/take-out.ts'
import { ActError } from '../../model/operation/failure.ts'
import type { JsonRecord } from '../../model/operation/plan.ts'
import { numberOf, textOf } from '../arguments.ts'
import { errorInFile, readHbaFile, shaOf, writeHbaFile } from '../hba/file.ts'
import type { Seen, StepKind } from '../step.ts'

export interface HbaRemoval {
  readonly database: string
  readonly path: string
  readonly major: number
  readonly before: string
  readonly after: string
  readonly backup: string
  readonly lines: readonly number[]
}

export function removalArguments(args: HbaRemoval): JsonRecord {
  return { ...args }
}

export const removeHbaLines: StepKind = {
  kind: 'remove-hba-lines',
  async run(args, tools) {
    const { database, path, before, after, backup } = wordsOf(args)
    const file = await readHbaFile(database, path, tools)
    if (file.sha256 !== after) {
      const text = file.sha256 === before ? withoutLines(file.text, linesOf(args), numberOf(args, 'major')) : null
      if (text === null || shaOf(text) !== after)
        throw new ActError(
          `${path} was changed since the plan was made`,
          'Plan again: the file is not the one that was read.',
        )
      await writeHbaFile(database, path, text, { expected: before, backup }, tools)
      const error = await errorInFile(database, tools)
      if (error !== null) {
        await writeHbaFile(database, path, file.text, { expected: after, backup: `${backup}.refused` }, tools)
        throw new ActError(
          `PostgreSQL would refuse ${path}: ${error}; the file is as it was before`,
          'Nothing was reloaded.',
        )
      }
    }
    await tools.act(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
  },
  async verify(args, tools): Promise<Seen> {
    const { database, path, after } = wordsOf(args)
    const file = await readHbaFile(database, path, tools)
    const look = (await tools.look(['hba'])).snapshot.databases.find(({ spec }) => spec.id === database)?.looks.hba
    const rules = look?.state === 'fresh' ? look.value.sight : null
    // An attempt may have been cut off before the reload: whoever was taken out would still be let in.
    if (rules?.known && (rules.force === 'edited' || rules.force === 'broken'))
      return { seen: 'not-yet', why: rules.why }
    if (file.sha256 === after) return { seen: 'yes', evidence: `${path} is without them, and was read again` }
    return { seen: 'not-yet', why: `${path} is not as planned` }
  },
  async undo(args, tools) {
    const { database, path, before, after, backup } = wordsOf(args)
    const file = await readHbaFile(database, path, tools)
    if (file.sha256 === before) return `${path} is as it was`
    if (file.sha256 !== after) throw new ActError(`${path} was changed since: the old one is in ${backup}`)
    const old = await readHbaFile(database, backup, tools)
    await writeHbaFile(database, path, old.text, { expected: after, backup: `${backup}.undone` }, tools)
    await tools.act(database, { text: 'SELECT pg_catalog.pg_reload_conf()' })
    return `${path} is as it was, and read again`
  },
}

function wordsOf(args: JsonRecord) {
  return {
    database: textOf(args, 'database'),
    path: textOf(args, 'path'),
    before: textOf(args, 'before'),
    after: textOf(args, 'after'),
    backup: textOf(args, 'backup'),
  }
}

function linesOf({ lines }: JsonRecord): readonly number[] {
  return Array.isArray(lines) ? lines.filter((each) => typeof each === 'number') : []
}
