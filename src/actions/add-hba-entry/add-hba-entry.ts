// `add-hba-entry`: adds the lines that the topology needs to a database's pg_hba.conf, reloads, and verifies that they
// are in force.

import { createTwoFilesPatch } from 'diff'
import { missingHbaLines } from '../../model/hba/audit/after-failover.ts'
import { auditHba } from '../../model/hba/audit/audit.ts'
import { hbaAuditInput } from '../../model/hba/audit/audit-input.ts'
import type { ShadowedLine } from '../../model/hba/match/shadow.ts'
import type { ReadableHba } from '../../model/measured/hba-reading.ts'
import { noImpact, type PlannedStep } from '../../model/runs/plan.ts'
import { messageOf } from '../../model/values/fault.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import { profileOf } from '../../profiles/facts.ts'
import { configFilesValid } from '../checks/config-files.ts'
import { mayExecuteFunction } from '../checks/privilege.ts'
import {
  type Action,
  type ActionRequest,
  type ActionToolbox,
  type Draft,
  PlanError,
  type PlanningView,
} from '../definition/action.ts'
import { databaseName, needsDatabase, requireTargetDatabase } from '../definition/target.ts'
import { sha256OfText } from '../hba/hba-file.ts'
import { sqlCallKind } from '../steps/sql-call.ts'
import { editHbaKind, hbaInForceKind } from './edit-hba.ts'
import { type FileLines, linesByFile, type PlacedLine } from './file-lines.ts'
import { rightHosts } from './host-check.ts'
import { shadowedInsertions } from './line-order.ts'

export const addHbaEntryAction: Action = {
  name: 'add-hba-entry',
  title: 'add missing lines to pg_hba.conf',
  explains:
    'Adds missing pg_hba.conf lines: shows a diff, keeps a backup, validates with pg_hba_file_rules, reloads, verifies.',
  key: null,
  danger: 'disruptive',
  target: 'database',
  locks: 'cluster',
  fields: [
    {
      name: 'line',
      explains: 'one line of your own',
      kind: 'text',
      required: false,
      defaultText: 'all lines that the audit finds missing',
    },
    {
      name: 'before',
      explains: 'number of the line to insert it before',
      kind: 'number',
      required: false,
      defaultText: 'at the end',
    },
    {
      name: 'file',
      explains: 'the included file that gets the line',
      kind: 'text',
      required: false,
      defaultText: 'the main file',
    },
  ],
  whyNot: needsDatabase,
  async draft(_, request, tools): Promise<Draft> {
    const clusterView = await tools.refresh(['hba'])
    const database = requireTargetDatabase(clusterView, request)
    const name = databaseName(clusterView, database)
    const known = rulesOf(clusterView, database, name)
    const insertions = insertionsFor(clusterView, database, name, request, known)
    return {
      target: { id: database, name },
      title: `add ${insertions.length === 1 ? 'a line' : `${insertions.length} lines`} to pg_hba.conf of ${name}`,
      danger: 'disruptive',
      impact: noImpact(
        `${name} allows new connections that match: ${insertions.map(({ line }) => line).join('; ')}. No session ends.`,
      ),
      checks: [
        mayExecuteFunction(database, 'pg_reload_conf()'),
        configFilesValid(database),
        isWhole(known),
        isReached(known, insertions),
        rightHosts([database]),
      ],
      input: request.input,
      steps: await stepsOf({ database, name, known, insertions }, tools),
    }
  },
}

function rulesOf({ snapshot }: PlanningView, database: string, name: string): ReadableHba {
  const hba = snapshot.databases.find(({ spec }) => spec.id === database)?.onDemand.hba
  if (hba?.state !== 'fresh') throw new PlanError(`add-hba-entry: pgdeck can’t read the rules of ${name} now`)
  const { reading } = hba.value
  if (!reading.known) throw new PlanError(`add-hba-entry: ${reading.why}`)
  return reading
}

function insertionsFor(
  clusterView: PlanningView,
  database: string,
  name: string,
  { input }: ActionRequest,
  { path, rules }: ReadableHba,
): readonly PlacedLine[] {
  if (input.line !== undefined) {
    if (/[\r\n]/.test(input.line)) throw new PlanError('add-hba-entry: a line contains no line break')
    const file = input.file ?? path
    const files = [...new Set([path, ...[...rules.records, ...rules.problems].map((each) => each.file)])]
    if (!files.includes(file))
      throw new PlanError(`add-hba-entry: ${file} is not among the files of ${name}: ${files.join(', ')}`)
    const before = input.before === undefined ? null : Number(input.before)
    return [{ line: input.line.trim(), before, replaces: null, file }]
  }
  const missing = missingHbaLines(
    auditHba(hbaAuditInput(clusterView.snapshot, clusterView.picture, profileOf(clusterView.snapshot.spec.profile))),
    database,
  )
  if (missing.length > 0) return missing
  throw new PlanError(
    `add-hba-entry: the audit finds no missing line in pg_hba.conf of ${name}; give a line of your own with --set line=…`,
  )
}

/** Fails for a file that PostgreSQL already refuses: added lines can't repair it. */
function isWhole(known: ReadableHba): Draft['checks'][number] {
  return {
    id: 'hba-file',
    mayOverride: true,
    run() {
      const [problem] = known.rules.problems
      if (!problem)
        return {
          result: 'pass',
          message: `${known.path} has no errors`,
          hint: known.reloadState === 'edited' ? known.why : null,
        }
      return {
        result: 'warn',
        message: `the server refuses line ${problem.line}${problem.file === known.path ? '' : ` of ${problem.file}`}: ${problem.error}`,
        hint: 'This action corrects it where the audit has a correction.',
      }
    },
  }
}

/**
 * A line after another one that matches the same connections decides nothing. Fails if that earlier line decides
 * otherwise.
 */
function isReached({ rules, path, server }: ReadableHba, insertions: readonly PlacedLine[]): Draft['checks'][number] {
  return {
    id: 'hba-order',
    mayOverride: true,
    run() {
      const hidden = shadowedInsertions(rules.records, insertions, { path, major: server.major })
      const [first] = hidden
      if (!first) return { result: 'pass', message: 'no line before them matches the same connections', hint: null }
      const { record, by } = first
      const isIncluded = by.file !== path
      const place = isIncluded ? `line ${by.line} of ${by.file}` : `line ${by.line}`
      const message = `${place} (${by.rule}) matches all connections of ${record.rule}: the new line would have no effect there`
      const file = isIncluded ? `--set file=${shellCommandLine([by.file])} ` : ''
      const hint = `Insert it before that line: ${file}--set before=${by.line}.`
      return { result: hidden.some(differs) ? 'fail' : 'warn', message, hint }
    },
  }
}

function differs({ record, by }: ShadowedLine): boolean {
  return record.method !== by.method
}

interface About {
  readonly database: string
  readonly name: string
  readonly known: ReadableHba
  readonly insertions: readonly PlacedLine[]
}

async function stepsOf(about: About, tools: ActionToolbox): Promise<readonly PlannedStep[]> {
  const { database, name, known } = about
  const [loaded] = await tools.sql<{ at: string }>(database, {
    text: 'SELECT pg_catalog.pg_conf_load_time()::pg_catalog.text AS at',
  })
  const files = await linesByFile(database, about.insertions, known.server, tools).catch((error: unknown) => {
    throw new PlanError(`add-hba-entry: ${messageOf(error)}`)
  })
  return [
    ...files.map((lines, index) => editStep(about, lines, index, tools.run)),
    sqlCallKind.plan({
      id: 'reload',
      call: {
        database,
        text: 'SELECT pg_catalog.pg_reload_conf()',
        falseMeans: `${name} could not signal its postmaster`,
        verifySql: {
          text: `SELECT pg_catalog.pg_conf_load_time() > $1::pg_catalog.timestamptz AS seen,
            'loaded at ' || pg_catalog.pg_conf_load_time()::pg_catalog.text AS evidence`,
          values: [loaded?.at ?? null],
        },
      },
      title: `${name} reads the file`,
      where: name,
      detail: 'SELECT pg_catalog.pg_reload_conf();',
      verify: 'pg_conf_load_time() is newer than before',
      ifStopped: 'The lines are in the file, and take effect at the next reload.',
      deadlineSeconds: 15,
    }),
    hbaInForceKind.plan({ database, name, insertions: files.flatMap(({ insertions }) => insertions) }),
  ]
}

function editStep(
  { database, name, known }: About,
  { path, insertions, access, change }: FileLines<PlacedLine>,
  index: number,
  run: string,
): PlannedStep {
  const asText = insertions.map(({ line, before, replaces }) => {
    const where =
      replaces !== null ? `instead of line ${replaces}` : before === null ? 'at the end' : `before line ${before}`
    return `${line}    # ${where}`
  })
  const manual = [`In ${path}:`, ...asText, access.why === '' ? '' : `By hand, because ${access.why}.`]
  const detail = change
    ? createTwoFilesPatch(path, path, change.file.text, change.edited, 'now', 'then').trimEnd()
    : manual.join('\n')
  return editHbaKind.plan({
    id: `add-hba-entry${index === 0 ? '' : `-${index + 1}`}`,
    edit: {
      database,
      path,
      major: known.server.major,
      before: change?.file.sha256 ?? '',
      after: change ? sha256OfText(change.edited) : '',
      backup: `${path}.pgdeck-${run}`,
      insertions,
    },
    title: `${path} of ${name} gets ${insertions.length === 1 ? 'the line' : 'the lines'}`,
    how: access.method,
    where: name,
    detail,
    deadlineSeconds: access.method === 'manual' ? 900 : 15,
  })
}
