// pg_promote() on one standby, after a last look that nothing comes in and nobody else takes writes.

import { ActError } from '../../model/operation/failure.ts'
import type { JsonRecord } from '../../model/operation/plan.ts'
import type { Tools } from '../action.ts'
import { numberOf, textOf } from '../arguments.ts'
import { isWritable, sceneOf, writableTwins } from '../promotion/scene.ts'
import type { StepKind } from '../step.ts'
import { databaseOf } from '../target.ts'

/** `timeline` is the one it is on before; 0 where that is not known. */
export function promoteArguments(database: string, timeline: number | null): JsonRecord {
  return { database, timeline: timeline ?? 0 }
}

/** pg_promote waits a minute; its answer needs a moment more. */
const LIMIT_MS = 65_000
const QUIET_MS = 1_500

export const promoteStandby: StepKind = {
  kind: 'promote-standby',
  async run(args, tools) {
    const database = textOf(args, 'database')
    const sight = await tools.look()
    const scene = sceneOf(sight, database)
    if (!scene) throw new ActError(`${database} is watched no longer`)
    if (isWritable(scene.target)) return
    const [other] = writableTwins(sight, scene.target)
    if (other)
      throw new ActError(
        `${other.name} takes writes: promoting ${scene.target.name} would make two that do`,
        'Stop it first.',
      )
    await requireQuiet(database, tools)
    const [row] = await tools.sql<{ promoted: boolean }>(database, {
      text: 'SELECT pg_catalog.pg_promote(true, 60) AS promoted',
      limitMs: LIMIT_MS,
    })
    if (row?.promoted === false) tools.say('pg_promote had not ended after 60 s: its effect is waited for')
  },
  async verify(args, tools) {
    const view = databaseOf(await tools.look(), textOf(args, 'database'))
    if (!view || view.problem || !view.pulse)
      return { seen: 'not-yet', why: view?.problem?.message ?? 'it does not answer' }
    if (!isWritable(view)) return { seen: 'not-yet', why: `${view.name} is still in recovery` }
    const before = numberOf(args, 'timeline')
    if (view.timeline !== null && view.timeline <= before) {
      const hint =
        'Its recovery was ended without a promotion: two histories on one timeline can’t be told apart by pg_rewind.'
      return {
        seen: 'never',
        why: `${view.name} takes writes on timeline ${view.timeline}, which is not a new one`,
        hint,
      }
    }
    return { seen: 'yes', evidence: `${view.name} is out of recovery, on timeline ${view.timeline ?? '?'}` }
  },
}

const ARRIVALS = `SELECT pg_catalog.pg_last_wal_receive_lsn()::pg_catalog.text AS lsn,
  (SELECT last_msg_receipt_time::pg_catalog.text FROM pg_catalog.pg_stat_wal_receiver) AS heard,
  EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver) AS receives,
  pg_catalog.pg_is_in_recovery() AS standby`

/** Throws where something still comes in: then somebody still writes. */
async function requireQuiet(database: string, tools: Tools): Promise<void> {
  const ask = () =>
    tools.sql<{ lsn: string | null; heard: string | null; receives: boolean; standby: boolean }>(database, {
      text: ARRIVALS,
    })
  const [first] = await ask()
  if (first?.receives === false) return
  await tools.pause(QUIET_MS)
  const [second] = await ask()
  if (second?.receives === false) return
  if (second?.standby !== false && second?.heard === null && second.lsn === first?.lsn)
    throw new ActError(
      `${database} has a receiver, and whether anything still comes in is hidden from this role`,
      'GRANT pg_monitor to it; or try again when wal_receiver_timeout has ended the receiver.',
    )
  if (!first) return
  if (second?.standby === false || (second?.lsn === first.lsn && second?.heard === first.heard)) return
  throw new ActError(
    `${database} still receives from its source (${first.lsn ?? '?'}, then ${second?.lsn ?? '?'})`,
    'The old primary, or what is between, is still up: stop it first.',
  )
}
