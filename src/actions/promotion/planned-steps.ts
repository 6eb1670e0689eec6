// The steps that attach standbys to a new primary: re-pointed by pgdeck or by hand, and the slots that they need there.

import type { PlannedStep } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { MANUAL_STEP_SECONDS } from '../definition/step-kind.ts'
import { addressForOthers } from '../hosts/address.ts'
import { mayManageSlots } from '../repoint/physical-slots.ts'
import { repointMethodFor } from '../repoint/repoint-method.ts'
import { type RepointedStandby, repointStandbysKind } from '../steps/repoint-standbys.ts'
import { type DatabaseSlot, promotionSlotsKind } from './promotion-slots.ts'

/** Returns one step for all standbys that pgdeck can re-point, and one for each that a person must. */
export async function repointSteps(
  { target, primary, standbys }: PromotionParticipants,
  tools: ActionToolbox,
): Promise<{ readonly steps: readonly PlannedStep[]; readonly slots: readonly string[] }> {
  const to = addressForOthers(target.id, tools)
  const before = primary ? addressForOthers(primary.id, tools) : null
  const repointed = await Promise.all(
    standbys.map(
      async ({ id, pulse }): Promise<RepointedStandby> => ({
        id,
        ...(await repointMethodFor(id, pulse?.versionNumber ?? 0, tools)),
      }),
    ),
  )
  const canSlot = await mayManageSlots(target.id, tools).catch(() => false)
  const isByHand = ({ method, slot }: RepointedStandby) => method === 'manual' || (slot !== null && !canSlot)
  const ours = repointed.filter((each) => !isByHand(each))
  const nameOf = (id: string) => standbys.find((view) => view.id === id)?.name ?? id
  const common = {
    upstream: target.id,
    to,
    before,
    verify: `pg_stat_replication of ${target.name} shows each streaming`,
    ifStopped: `${target.name} is writable; standbys that were not re-pointed fall behind.`,
    maySkip: true,
  }
  const names = ours.map(({ id }) => nameOf(id)).join(', ')
  const undo = before === null || ours.length === 0 ? null : `pointed at ${before.host}:${before.port} again`
  const slots = repointed.flatMap(({ slot }) => slot ?? [])
  const steps: readonly PlannedStep[] = [
    repointStandbysKind.plan({
      ...common,
      id: 'repoint-followers',
      followers: ours,
      where: target.name,
      title: ours.length === 0 ? 'pgdeck re-points no standby' : `point ${names} at ${target.name}`,
      how: ours.some(({ method }) => method === 'file') ? 'file' : 'sql',
      detail:
        ours.length === 0
          ? 'nothing'
          : ours.map((each) => `On ${nameOf(each.id)}:\n${repointText(each, to, target.name)}`).join('\n'),
      undo,
      deadlineSeconds: 60,
    }),
    ...repointed.filter(isByHand).map((each) =>
      repointStandbysKind.plan({
        ...common,
        id: `repoint-${each.id}`,
        followers: [each],
        title: `point ${nameOf(each.id)} at ${target.name}, by hand: ${each.method === 'manual' ? (each.lacks ?? 'no access to its host') : 'this role may not create its slot'}`,
        how: 'manual',
        where: nameOf(each.id),
        detail: repointText(each, to, target.name),
        deadlineSeconds: MANUAL_STEP_SECONDS,
      }),
    ),
  ]
  return { steps, slots }
}

/** The standby's own connection string keeps its user and password: only the address changes. */
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
  drop: readonly DatabaseSlot[],
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const places = [...(create.length > 0 ? [target.id] : []), ...drop.map(({ database }) => database)]
  const may = await Promise.all(places.map((id) => mayManageSlots(id, tools).catch(() => false)))
  return promotionSlotsKind.plan({
    id: 'slots',
    primary: target,
    create,
    drop,
    may: may.every((each) => each),
    title:
      create.length + drop.length === 0
        ? 'no slot to create or drop'
        : 'create the needed slots, drop those that are no longer used',
    verify: 'pg_replication_slots of each',
  })
}
