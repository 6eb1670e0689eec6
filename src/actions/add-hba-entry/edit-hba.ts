// The step that puts lines into a pg_hba.conf: proven by the server before anything is reloaded, taken back when refused.

import { insertHbaLine } from '../../model/hba/edit/edit-lines.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord, JsonValue } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { numberArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'
import { firstRuleError, missingRulesText, readFileRules } from '../hba/file-rules.ts'
import { readHbaFile, sha256OfText, writeHbaFile, zeroByteReason } from '../hba/hba-file.ts'
import { hbaFileArguments, restoreHbaFile } from '../hba/restore-hba-file.ts'

export interface HbaInsertion {
  readonly line: string
  readonly before: number | null
  readonly replaces: number | null
}

/** The file's text with all lines in their places; null when one has no place in it. */
export function withInsertedLines(text: string, insertions: readonly HbaInsertion[], major: number): string | null {
  // From the bottom up, so that the numbers of those above stay right; those at the end keep their order.
  const place = ({ before, replaces }: HbaInsertion) => replaces ?? before ?? Number.POSITIVE_INFINITY
  const ordered = insertions.toSorted((a, b) => (place(b) === place(a) ? 0 : place(b) - place(a)))
  let edited: string | null = text
  for (const each of ordered) edited = edited === null ? null : insertHbaLine(edited, each, major)
  return edited
}

export const editHbaKind: StepKind = {
  kind: 'edit-hba',
  async run(args, tools) {
    const { database, path, before, after, backup } = hbaFileArguments(args)
    const file = await readHbaFile(database, path, tools)
    if (file.text.includes('\0')) throw new ActionError(zeroByteReason(path), 'Nothing was changed.')
    if (file.sha256 === after) {
      // Written by an attempt that was cut off: whether PostgreSQL takes it was perhaps not asked any more.
      if (before !== after) await proven(args, (await readHbaFile(database, backup, tools)).text, tools)
      return
    }
    if (file.sha256 !== before) {
      throw new ActionError(
        `${path} was changed since the plan was made`,
        'Plan again: the file is not the one that was read.',
      )
    }
    const text = withInsertedLines(file.text, insertionsOf(args), numberArgument(args, 'major'))
    if (text === null || sha256OfText(text) !== after) throw new ActionError(`${path} can’t be edited as planned`)
    await writeHbaFile(database, path, text, { expected: before, backup }, tools)
    await proven(args, file.text, tools)
  },
  async verify(args, tools) {
    const { database, path, after } = hbaFileArguments(args)
    const file = await readHbaFile(database, path, tools)
    const why = await whyNotTaken(args, tools)
    if (why !== null) return { result: 'not-yet', why }
    if (file.sha256 === after)
      return { result: 'yes', evidence: `${path} holds the new lines, and PostgreSQL takes it` }
    const lines = file.text.split(/\r?\n/).map((line) => line.trim())
    // Done by hand, other things may differ.
    const missing = insertionsOf(args).filter(({ line }) => !lines.includes(line))
    if (missing.length === 0) return { result: 'yes', evidence: `${path} holds the new lines` }
    return { result: 'not-yet', why: `${path} lacks: ${missing.map(({ line }) => line).join('; ')}` }
  },
  undo: restoreHbaFile,
}

/** Puts the old text back and throws ActError where PostgreSQL would refuse the new one, or reads other lines in it. */
async function proven(args: JsonRecord, old: string, tools: ActionToolbox): Promise<void> {
  const { database, path, after, backup } = hbaFileArguments(args)
  const why = await whyNotTaken(args, tools)
  if (why === null) return
  await writeHbaFile(database, path, old, { expected: after, backup: `${backup}.refused` }, tools)
  throw new ActionError(`${why}; the file is as it was before`, 'Nothing was reloaded.')
}

/** By the server's own rows; null where they hold the lines, or this role may not see them. */
async function whyNotTaken(args: JsonRecord, tools: ActionToolbox): Promise<string | null> {
  const { database, path } = hbaFileArguments(args)
  const rows = await readFileRules(database, tools)
  if (rows === null) return null
  const error = firstRuleError(rows, path)
  if (error !== null) return `PostgreSQL would refuse ${path}: ${error}`
  return missingRulesText(rows, linesIn(args), path, numberArgument(args, 'major'))
}

function linesIn(args: JsonRecord): readonly string[] {
  return insertionsOf(args).map(({ line }) => line)
}

function insertionsOf(args: JsonRecord): readonly HbaInsertion[] {
  const list = args.insertions
  if (!Array.isArray(list)) throw new Error('the journal’s step has no insertions')
  return list.map((each: JsonValue) => {
    const { line, before, replaces } = each as { readonly [key: string]: JsonValue }
    return { line: String(line), before: numeric(before), replaces: numeric(replaces) }
  })
}

function numeric(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null
}

/** Sees that the server goes by the lines: those they are for are let in, as its rules are now. */
export const hbaInForceKind: StepKind = {
  kind: 'hba-in-force',
  isReadOnly: true,
  run: async () => {},
  verify: (args, tools) => inForce(textArgument(args, 'database'), linesIn(args), tools),
}

async function inForce(database: string, lines: readonly string[], tools: ActionToolbox): Promise<Verification> {
  const sight = await tools.refresh(['hba'])
  const record = sight.snapshot.databases.find(({ spec }) => spec.id === database)
  const look = record?.onDemand.hba
  const notYet = (why: string): Verification => ({ result: 'not-yet', why })
  if (look?.state !== 'fresh') return notYet('its rules could not be read again')
  const { reading: known } = look.value
  if (!known.known) return notYet(known.why)
  if (known.reloadState === 'broken' || known.reloadState === 'edited') return notYet(known.why)
  const rows = await readFileRules(database, tools)
  if (rows !== null) {
    const major = Math.floor((record?.pulse && 'value' in record.pulse ? record.pulse.value.versionNumber : 0) / 10_000)
    const why = firstRuleError(rows, known.path) ?? missingRulesText(rows, lines, known.path, major)
    return why === null
      ? { result: 'yes', evidence: 'the server has a row for each new line, and has read them' }
      : notYet(why)
  }
  const rules = known.rules.records.map(({ rule }) => rule.trim().replace(/\s+/g, ' '))
  const missing = lines.filter((line) => !rules.includes(line.replace(/\s+/g, ' ')))
  if (missing.length > 0) return notYet(`not among its rules: ${missing.join('; ')}`)
  const evidence =
    'the file holds the new lines and was read again; this role may not see pg_hba_file_rules, which would prove it'
  return { result: 'yes', evidence }
}
