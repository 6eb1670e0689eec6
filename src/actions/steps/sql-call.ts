// A statement on one database, and the question whose answer shows that it worked.

import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord, JsonValue } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { numberArgument, optionalTextArgument, textArgument } from '../definition/step-arguments.ts'
import type { StepKind, Verification } from '../definition/step-kind.ts'

export interface SqlCall {
  readonly database: string
  readonly text: string
  readonly values?: readonly JsonValue[]
  readonly limitMs?: number
  /** What it means when the statement answers with false in its first column; null: that is no failure. */
  readonly falseMeans?: string | null
  /**
   * Answers with one row: `seen` boolean, `evidence` text; `never` boolean where it can't come any more. Must not count on
   * anything from before the step but what its values hold.
   */
  readonly verifySql: { readonly text: string; readonly values?: readonly JsonValue[] }
}

/** The arguments of a step of this kind. */
export function sqlCallArguments(call: SqlCall): JsonRecord {
  const { database, text, values = [], limitMs = 10_000, falseMeans = null, verifySql } = call
  return { database, text, values, limitMs, falseMeans, seenText: verifySql.text, seenValues: verifySql.values ?? [] }
}

export const sqlCallKind: StepKind = {
  kind: 'sql-call',
  async run(args, tools) {
    const limitMs = numberArgument(args, 'limitMs')
    const statement = { text: textArgument(args, 'text'), values: listOf(args, 'values'), limitMs }
    const database = textArgument(args, 'database')
    // Whether the server is the planned one can be part of a SELECT, and of no CHECKPOINT.
    const isSelect = /^\s*SELECT\b/i.test(statement.text)
    const first = isSelect
      ? await tools.callFunction<object>(database, statement)
      : (await tools.sql<object>(database, statement))[0]
    const falseMeans = optionalTextArgument(args, 'falseMeans')
    if (falseMeans !== null && first && Object.values(first)[0] === false) throw new ActionError(falseMeans)
  },
  verify: (args, tools) => seen(args, tools),
}

interface SeenRow {
  readonly seen: boolean
  readonly evidence: string | null
  readonly never?: boolean
}

async function seen(args: JsonRecord, tools: ActionToolbox): Promise<Verification> {
  const [row] = await tools.sql<SeenRow>(textArgument(args, 'database'), {
    text: textArgument(args, 'seenText'),
    values: listOf(args, 'seenValues'),
  })
  const evidence = row?.evidence ?? 'no answer'
  if (row?.seen) return { result: 'yes', evidence }
  return row?.never ? { result: 'never', why: evidence } : { result: 'not-yet', why: evidence }
}

function listOf(args: JsonRecord, name: string): readonly JsonValue[] {
  const value = args[name]
  return Array.isArray(value) ? value : []
}
