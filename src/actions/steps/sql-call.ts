// Runs a statement on one database, and a query that verifies its effect.

import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonValue } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'

interface SqlCall {
  readonly database: string
  readonly text: string
  readonly values?: readonly JsonValue[]
  readonly limitMs?: number
  /** The message if the statement returns false in its first column; null: that is no failure. */
  readonly falseMeans?: string | null
  /**
   * The query returns one row: `seen` boolean, `evidence` text; `never` boolean if the effect can't come any more. It
   * may use nothing from before the step but its values.
   */
  readonly verifySql: { readonly text: string; readonly values?: readonly JsonValue[] }
}

/** The arguments of `sql-call` and `resume-replay`. */
export const sqlCallForm = () =>
  arg.form({
    database: arg.text(),
    text: arg.text(),
    values: arg.values(),
    limitMs: arg.number(),
    falseMeans: arg.optionalText(),
    seenText: arg.text(),
    seenValues: arg.values(),
  })
type Args = arg.Of<typeof sqlCallForm>

export interface PlannedSqlCall extends Omit<StepTexts, 'how'> {
  readonly call: SqlCall
}

/** Plans the step that makes this call. */
export function planSqlCall({ call, ...texts }: PlannedSqlCall): StepPlan<Args> {
  const { database, text, values = [], limitMs = 10_000, falseMeans = null, verifySql } = call
  const seen = { seenText: verifySql.text, seenValues: verifySql.values ?? [] }
  return { ...texts, how: 'sql', args: { database, text, values, limitMs, falseMeans, ...seen } }
}

export const sqlCallKind = defineStep({
  kind: 'sql-call',
  version: 1,
  args: sqlCallForm,
  plan: planSqlCall,
  staysAsConfirmed: true,
  async run(args, tools) {
    const limitMs = args.limitMs
    const statement = { text: args.text, values: args.values, limitMs }
    const database = args.database
    // A SELECT can test in itself whether the server is the planned one; a CHECKPOINT can't.
    const isSelect = /^\s*SELECT\b/i.test(statement.text)
    const first = isSelect
      ? await tools.callFunction<object>(database, statement)
      : (await tools.sql<object>(database, statement))[0]
    const falseMeans = args.falseMeans
    if (falseMeans !== null && first && Object.values(first)[0] === false) throw new ActionError(falseMeans)
  },
  verify: (args, tools) => seen(args, tools),
})

interface SeenRow {
  readonly seen: boolean
  readonly evidence: string | null
  readonly never?: boolean
}

async function seen(args: Args, tools: ActionToolbox): Promise<Verification> {
  const [row] = await tools.sql<SeenRow>(args.database, {
    text: args.seenText,
    values: args.seenValues,
  })
  const evidence = row?.evidence ?? 'no answer'
  if (row?.seen) return { result: 'yes', evidence }
  return row?.never ? { result: 'never', why: evidence } : { result: 'not-yet', why: evidence }
}
