// The step that adds lines to a pg_hba.conf. The server checks the file before the reload; a refused file is restored.

import { insertHbaLine } from '../../model/hba/edit/edit-lines.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import { editHbaFile, hbaFileShape } from '../hba/edit-hba-file.ts'
import { firstRuleError, missingRulesText, readFileRules } from '../hba/file-rules.ts'
import { readHbaFile, zeroByteReason } from '../hba/hba-file.ts'
import { takeOutLines } from './take-out-lines.ts'

export const insertionList = () =>
  arg.list(
    arg.form({
      line: arg.text(),
      /** Number of the line that it is inserted before, or that it replaces. Both null: at the end. */
      before: arg.optionalNumber(),
      replaces: arg.optionalNumber(),
    }),
  )
const form = () => arg.form({ ...hbaFileShape(), major: arg.number(), insertions: insertionList() })
type Args = arg.Of<typeof form>
export type HbaInsertion = Args['insertions'][number]

/** A file that gets lines, and the texts that the plan shows for it. */
export interface HbaEdit extends Omit<StepTexts, 'verify' | 'ifStopped' | 'undo'> {
  readonly edit: Args
}

/** Returns the file's text with all lines inserted; null if one of them has no valid place. */
export function withInsertedLines(text: string, insertions: readonly HbaInsertion[], major: number): string | null {
  // Inserted from the bottom up, so that the numbers of the lines above stay valid. Lines at the end keep their order.
  const place = ({ before, replaces }: HbaInsertion) => replaces ?? before ?? Number.POSITIVE_INFINITY
  const ordered = insertions.toSorted((a, b) => (place(b) === place(a) ? 0 : place(b) - place(a)))
  let edited: string | null = text
  for (const each of ordered) edited = edited === null ? null : insertHbaLine(edited, each, major)
  return edited
}

export const editHbaKind = defineStep({
  kind: 'edit-hba',
  version: 1,
  args: form,
  staysAsConfirmed: true,
  plan({ edit, ...texts }: HbaEdit): StepPlan<Args> {
    return {
      ...texts,
      args: edit,
      verify: 'the file holds them, and pg_hba_file_rules has no error',
      undo: texts.how === 'manual' ? null : `backup: ${edit.backup}`,
      ifStopped: 'The lines are in the file, and take effect at the next reload.',
    }
  },
  run: (args, tools) =>
    editHbaFile(
      args,
      {
        edited(text) {
          if (text.includes('\0')) throw new ActionError(zeroByteReason(args.path), 'Nothing was changed.')
          return withInsertedLines(text, args.insertions, args.major)
        },
        whyRefused: () => whyNotTaken(args, tools),
      },
      tools,
    ),
  async verify(args, tools) {
    const { database, path, after } = args
    const file = await readHbaFile(database, path, tools)
    const why = await whyNotTaken(args, tools)
    if (why !== null) return { result: 'not-yet', why }
    if (file.sha256 === after)
      return { result: 'yes', evidence: `${path} has the new lines, and PostgreSQL accepts it` }
    const lines = file.text.split(/\r?\n/).map((line) => line.trim())
    // In a file edited by hand, other lines may differ.
    const missing = args.insertions.filter(({ line }) => !lines.includes(line))
    if (missing.length === 0) return { result: 'yes', evidence: `${path} has the new lines` }
    return { result: 'not-yet', why: `${path} lacks: ${missing.map(({ line }) => line).join('; ')}` }
  },
  undo: (args, tools) => takeOutLines(args, tools),
})

/** Names the lines that pg_hba_file_rules lacks; null if it has them all, or if this role may not read it. */
export async function whyNotTaken(
  args: Pick<Args, 'database' | 'path' | 'insertions' | 'major'>,
  tools: ActionToolbox,
): Promise<string | null> {
  const { database, path } = args
  const rows = await readFileRules(database, tools)
  if (rows === null) return null
  const error = firstRuleError(rows, path)
  if (error !== null) return `PostgreSQL would refuse ${path}: ${error}`
  return missingRulesText(rows, linesOf(args.insertions), path, args.major)
}

export function linesOf(insertions: readonly HbaInsertion[]): readonly string[] {
  return insertions.map(({ line }) => line)
}

const inForceForm = () => arg.form({ database: arg.text(), insertions: insertionList() })
type InForceArgs = arg.Of<typeof inForceForm>

export interface HbaInForce extends InForceArgs {
  readonly name: string
}

/** Verifies that the lines are in force: the rules as loaded admit the connections they are for. */
export const hbaInForceKind = defineStep({
  kind: 'hba-in-force',
  version: 1,
  args: inForceForm,
  plan: ({ name, database, insertions }: HbaInForce): StepPlan<InForceArgs> => ({
    id: 'in-force',
    args: { database, insertions },
    title: `${name} uses the new lines`,
    how: 'sql',
    where: name,
    detail: 'SELECT * FROM pg_catalog.pg_hba_file_rules;',
    verify: 'pg_hba_file_rules has them, without an error in the file',
    ifStopped: 'Nothing is left half done.',
    deadlineSeconds: 15,
  }),
  isReadOnly: true,
  run: async () => {},
  verify: ({ database, insertions }, tools) => linesInForce(database, linesOf(insertions), tools),
})

export async function linesInForce(
  database: string,
  lines: readonly string[],
  tools: ActionToolbox,
): Promise<Verification> {
  const clusterView = await tools.refresh(['hba'])
  const record = clusterView.snapshot.databases.find(({ spec }) => spec.id === database)
  const hba = record?.onDemand.hba
  const notYet = (why: string): Verification => ({ result: 'not-yet', why })
  if (hba?.state !== 'fresh') return notYet('pgdeck could not read its rules again')
  const { reading: known } = hba.value
  if (!known.known) return notYet(known.why)
  if (known.reloadState === 'broken' || known.reloadState === 'edited') return notYet(known.why)
  const rows = await readFileRules(database, tools)
  if (rows !== null) {
    const major = Math.floor((record?.pulse && 'value' in record.pulse ? record.pulse.value.versionNumber : 0) / 10_000)
    const why = firstRuleError(rows, known.path) ?? missingRulesText(rows, lines, known.path, major)
    return why === null
      ? { result: 'yes', evidence: 'pg_hba_file_rules has a row for each new line, and the server has reloaded' }
      : notYet(why)
  }
  const rules = known.rules.records.map(({ rule }) => rule.trim().replace(/\s+/g, ' '))
  const missing = lines.filter((line) => !rules.includes(line.replace(/\s+/g, ' ')))
  if (missing.length > 0) return notYet(`not among its rules: ${missing.join('; ')}`)
  const evidence =
    'the file has the new lines and the server has reloaded; this role may not read pg_hba_file_rules to verify it'
  return { result: 'yes', evidence }
}
