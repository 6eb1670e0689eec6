// The steps that every change of roles has in common, as data: promote, prove, re-point, slots, report.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { formatLsn } from '../../model/values/lsn.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { addressForOthers } from '../hosts/address.ts'
import type { DatabaseService } from '../hosts/service.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'
import { repointMethodFor } from '../repoint/repoint-method.ts'
import { type RepointedStandby, repointStandbysArguments } from '../steps/repoint-standbys.ts'
import { UNKNOWN_LOSS } from './cost.ts'
import { promoteStandbyArguments } from './promote-standby.ts'
import { promotionReportArguments } from './promotion-report.ts'
import { type DatabaseSlot, promotionSlotsArguments, promotionSlotsText } from './promotion-slots.ts'
import { WRITE_TEST_SQL, writeTestArguments } from './write-test.ts'

/** `service` is that of the old primary; null where none is known. */
export function promoteStep({ target, estimate }: PromotionParticipants, service: DatabaseService | null): PlannedStep {
  const from = estimate.received === null ? '' : `, which has received up to ${formatLsn(estimate.received)}`
  return {
    id: 'promote',
    kind: 'promote-standby',
    args: promoteStandbyArguments({
      database: target.id,
      timeline: target.timeline,
      primaryHost: service?.host ?? null,
      primaryData: service?.dataDirectory ?? null,
    }),
    title: `promote ${target.name}${from}`,
    how: 'sql',
    where: target.name,
    detail: 'SELECT pg_catalog.pg_promote(true, 60);',
    verify: `${target.name} is out of recovery, on a timeline after ${target.timeline ?? '?'}`,
    undo: null,
    ifStopped: `${target.name} takes writes; other standbys still point to the old primary.`,
    maySkip: false,
    changes: [target.id],
    deadlineSeconds: 90,
  }
}

export function writeTestStep({ target }: PromotionParticipants): PlannedStep {
  return {
    id: 'verify-writable',
    kind: 'write-test',
    args: writeTestArguments(target.id, target.timeline),
    title: `write to ${target.name}, and take it back`,
    how: 'sql',
    where: target.name,
    detail: WRITE_TEST_SQL,
    verify: 'the write was taken, and the WAL file written to is of the new timeline',
    undo: null,
    ifStopped: `${target.name} takes writes; other standbys still point to the old primary.`,
    maySkip: true,
    changes: [],
    deadlineSeconds: 20,
  }
}

/** One step for all that can be re-pointed from here, one for each that has to be by hand. */
export async function repointSteps(
  { target, primary, standbys }: PromotionParticipants,
  tools: ActionToolbox,
): Promise<{ readonly steps: readonly PlannedStep[]; readonly slots: readonly string[] }> {
  const to = addressForOthers(target.id, tools)
  const before = primary ? addressForOthers(primary.id, tools) : null
  const ways = await Promise.all(
    standbys.map(
      async ({ id, pulse }): Promise<RepointedStandby> => ({
        id,
        ...(await repointMethodFor(id, pulse?.versionNumber ?? 0, tools)),
      }),
    ),
  )
  const canSlot = await mayManageSlots(target.id, tools).catch(() => false)
  const isByHand = ({ method, slot }: RepointedStandby) => method === 'manual' || (slot !== null && !canSlot)
  const ours = ways.filter((each) => !isByHand(each))
  const nameOf = (id: string) => standbys.find((view) => view.id === id)?.name ?? id
  const common = {
    kind: 'repoint-standbys',
    where: target.name,
    verify: `pg_stat_replication of ${target.name} shows each streaming`,
    ifStopped: `${target.name} takes writes; standbys that were not re-pointed fall behind.`,
    maySkip: true,
    changes: [],
  } as const
  const names = ours.map(({ id }) => nameOf(id)).join(', ')
  const undo = before === null || ours.length === 0 ? null : `pointed at ${before.host}:${before.port} again`
  const slots = ways.flatMap(({ slot }) => slot ?? [])
  const steps: readonly PlannedStep[] = [
    {
      ...common,
      id: 'repoint-followers',
      args: repointStandbysArguments(target.id, to, ours, before),
      title: ours.length === 0 ? 'no standby is to be re-pointed from here' : `point ${names} at ${target.name}`,
      how: ours.some(({ method }) => method === 'file') ? 'file' : 'sql',
      detail:
        ours.length === 0
          ? 'nothing'
          : ours.map((each) => `On ${nameOf(each.id)}:\n${repointText(each, to, target.name)}`).join('\n'),
      undo,
      deadlineSeconds: 60,
    },
    ...ways.filter(isByHand).map(
      (each): PlannedStep => ({
        ...common,
        id: `repoint-${each.id}`,
        args: repointStandbysArguments(target.id, to, [each], before),
        title: `point ${nameOf(each.id)} at ${target.name}, by hand: ${each.method === 'manual' ? (each.lacks ?? 'no way leads there') : 'this role may not make its slot'}`,
        how: 'manual',
        where: nameOf(each.id),
        detail: repointText(each, to, target.name),
        undo: null,
        deadlineSeconds: MANUAL_STEP_SECONDS,
      }),
    ),
  ]
  return { steps, slots }
}

/** Its own connection string keeps the user and the password: only the place in it changes. */
function repointText(
  { method, slot, dataDirectory }: RepointedStandby,
  { host, port }: { host: string; port: number },
  upstream: string,
): string {
  const lines = [
    ...(slot === null
      ? []
      : [`on ${upstream}: SELECT pg_catalog.pg_create_physical_replication_slot('${slot}', true);`]),
    ...(method === 'file'
      ? [
          `in ${dataDirectory}/postgresql.auto.conf: primary_conninfo = 'host=${host} port=${port} …' (the rest as it is)`,
        ]
      : [`ALTER SYSTEM SET primary_conninfo = 'host=${host} port=${port} …'; -- the rest as it is`]),
    'SELECT pg_catalog.pg_reload_conf();',
  ]
  return lines.join('\n')
}

export async function promotionSlotsStep(
  { target }: PromotionParticipants,
  create: readonly string[],
  drop: readonly (DatabaseSlot & { readonly name: string })[],
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const places = [...(create.length > 0 ? [target.id] : []), ...drop.map(({ database }) => database)]
  const may = await Promise.all(places.map((id) => mayManageSlots(id, tools).catch(() => false)))
  const isOurs = may.every((each) => each)
  return {
    id: 'slots',
    kind: 'promotion-slots',
    args: promotionSlotsArguments(target.id, create, drop),
    title:
      create.length + drop.length === 0
        ? 'no slot is to be made or dropped'
        : 'make the slots that are needed, drop those that nobody uses any more',
    how: isOurs ? 'sql' : 'manual',
    where: target.name,
    detail: promotionSlotsText(target.name, create, drop),
    verify: 'pg_replication_slots of each',
    undo: null,
    ifStopped: 'A slot that nobody uses keeps WAL until the disk is full.',
    maySkip: true,
    changes: [],
    deadlineSeconds: isOurs ? 20 : MANUAL_STEP_SECONDS,
  }
}

export function promotionReportStep({
  target,
  primary,
  standbys,
  estimate,
  isPrimaryUp,
}: PromotionParticipants): PlannedStep {
  const { lossBytes, lossBound, basisAgeMs } = estimate.estimate ?? UNKNOWN_LOSS
  const ids = standbys.map(({ id }) => id)
  return {
    id: 'report',
    kind: 'promotion-report',
    args: promotionReportArguments({
      target: target.id,
      primary: primary?.id ?? null,
      followers: ids,
      lossBytes: isPrimaryUp ? 0 : (lossBytes ?? -1),
      lossBound: isPrimaryUp ? null : lossBound,
      lossAgeSeconds: isPrimaryUp || lossBytes === null ? null : basisAgeMs / 1000,
      timeline: target.timeline ?? 0,
      isPlanned: isPrimaryUp,
    }),
    title: 'prove it, item by item',
    how: 'sql',
    where: target.name,
    detail: 'write test, timeline, followers, slots, pg_hba both ways, servers connected, the old primary',
    verify: 'readings that are newer than all steps',
    undo: null,
    ifStopped: 'Everything else is done.',
    maySkip: true,
    changes: [],
    deadlineSeconds: 30,
  }
}
