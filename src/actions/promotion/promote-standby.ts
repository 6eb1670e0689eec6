// Runs pg_promote() on one standby, after a last check that no walreceiver is connected and no other server is
// writable.

import { isWritable } from '../../model/picture/roles.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { formatLsn } from '../../model/values/lsn.ts'
import { type PromotionParticipants, promotionParticipants, writableOfSameSystem } from '../definition/participants.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan } from '../definition/step-kind.ts'
import { findDatabase } from '../definition/target.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { requireReceiversEnded } from './await-receivers.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    /** The timeline before the promotion; 0 if unknown. */
    timeline: arg.number(),
    /** The host of the old primary, to ask whether that still runs; null without access. */
    primaryHost: arg.optionalText(),
    primaryData: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

export interface StandbyPromotion {
  readonly participants: PromotionParticipants
  /** The service of the old primary; null if unknown. */
  readonly service: DatabaseService | null
}

/** pg_promote waits a minute, and its answer needs a moment more. */
const LIMIT_MS = 65_000

export const promoteStandbyKind = defineStep({
  kind: 'promote-standby',
  version: 2,
  // Version 0.1.0 did not ask the host of the old primary.
  upgrades: { 1: (args) => ({ primaryHost: null, primaryData: null, ...args }) },
  args: form,
  plan({ participants: { target, estimate }, service }: StandbyPromotion): StepPlan<Args> {
    const from = estimate.received === null ? '' : `, which has received up to ${formatLsn(estimate.received)}`
    const at = { primaryHost: service?.host ?? null, primaryData: service?.dataDirectory ?? null }
    return {
      id: 'promote',
      args: { database: target.id, timeline: target.timeline ?? 0, ...at },
      title: `promote ${target.name}${from}`,
      how: 'sql',
      where: target.name,
      detail: 'SELECT pg_catalog.pg_promote(true, 60);',
      verify: `${target.name} is out of recovery, on a timeline after ${target.timeline ?? '?'}`,
      ifStopped: `${target.name} is writable; other standbys still point to the old primary.`,
      changes: [target.id],
      deadlineSeconds: 90,
    }
  },
  async run(args, tools) {
    const database = args.database
    const clusterView = await tools.refresh()
    const participants = promotionParticipants(clusterView, database)
    if (!participants) throw new ActionError(`${database} is no longer watched`)
    if (isWritable(participants.target)) return
    const [other] = writableOfSameSystem(clusterView, participants.target)
    if (other)
      throw new ActionError(
        `${other.name} is writable: promoting ${participants.target.name} would make two writable databases`,
        'Stop it first.',
      )
    await requireReceiversEnded(database, { host: args.primaryHost, dataDirectory: args.primaryData }, tools)
    const row = await tools.callFunction<{ promoted: boolean }>(database, {
      text: 'SELECT pg_catalog.pg_promote(true, 60) AS promoted',
      limitMs: LIMIT_MS,
    })
    if (row?.promoted === false)
      tools.writeOutput('pg_promote had not finished after 60 s: pgdeck waits for its effect')
  },
  async verify(args, tools) {
    const view = findDatabase(await tools.refresh(), args.database)
    if (!view || view.problem || !view.pulse)
      return { result: 'not-yet', why: view?.problem?.message ?? 'it does not answer' }
    if (!isWritable(view)) return { result: 'not-yet', why: `${view.name} is still in recovery` }
    const before = args.timeline
    if (view.timeline !== null && view.timeline <= before) {
      const hint = 'Its recovery ended without a promotion: pg_rewind can’t distinguish two histories on one timeline.'
      return {
        result: 'never',
        why: `${view.name} is writable on timeline ${view.timeline}, which is not a new one`,
        hint,
      }
    }
    return { result: 'yes', evidence: `${view.name} is out of recovery, on timeline ${view.timeline ?? '?'}` }
  },
})
