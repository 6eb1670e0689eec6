// Proves that users who connect by an address can write on the new primary: by a new session through it.

import type { DatabaseView } from '../../model/picture/picture.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type Verification } from '../definition/step-kind.ts'
import { databaseName } from '../definition/target.ts'
import { reachedThrough } from './reached.ts'
import { WRITE_AND_ROLL_BACK } from './write-and-roll-back.ts'

const form = () => arg.form({ address: arg.text(), database: arg.text() })
type Args = arg.Of<typeof form>

export interface AddressProof {
  readonly id: string
  /** Name of the address in the configuration. */
  readonly address: string
  readonly target: Pick<DatabaseView, 'id' | 'name'>
}

export const verifyAddressKind = defineStep({
  kind: 'verify-address',
  version: 1,
  args: form,
  plan: ({ id, address, target }: AddressProof): StepPlan<Args> => ({
    id,
    args: { address, database: target.id },
    title: `write through ${address}, and roll back: it reaches ${target.name}`,
    how: 'sql',
    where: address,
    detail: `psql ${address}: SELECT pg_catalog.pg_is_in_recovery(); BEGIN; CREATE TEMPORARY TABLE pg_temp.pgdeck_write_test (n int); ROLLBACK;`,
    verify: `a new session by ${address} reaches ${target.name}, and writes there`,
    ifStopped: `${target.name} is the primary; whether users reach it by ${address} is not proven.`,
    maySkip: true,
    deadlineSeconds: 60,
  }),
  isReadOnly: true,
  async run() {
    // What leads there moves by itself, or never will.
  },
  verify: (args, tools) => proven(args, tools),
})

async function proven({ address, database }: Args, tools: ActionToolbox): Promise<Verification> {
  const reached = await reachedThrough({ kind: 'address', address }, database, tools, WRITE_AND_ROLL_BACK)
  const wanted = databaseName(tools.view(), database)
  switch (reached.kind) {
    case 'meant':
      return { result: 'yes', evidence: `writes through ${address} reach ${wanted}: one succeeded and was rolled back` }
    case 'elsewhere':
      return { result: 'not-yet', why: `${address} leads to ${reached.words}, not to ${wanted}` }
    case 'fault':
      return { result: 'not-yet', why: `nobody can write through ${address}: ${reached.fault.message}` }
  }
}
