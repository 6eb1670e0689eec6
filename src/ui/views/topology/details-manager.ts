// Details of a database: the manager in charge of it, and what that tells of it and of its cluster.

import { managerContradictions } from '../../../model/managers/contradictions.ts'
import { type ClusterManager, isManagerMissing, pauseWords } from '../../../model/managers/detection/cluster-manager.ts'
import type { ManagedMember, ManagerDetails } from '../../../model/managers/detection/manager-details.ts'
import { managerBlockFor, managerTitle } from '../../../model/managers/manager-guard.ts'
import { memberOfDatabase } from '../../../model/managers/member-words.ts'
import { whyItPromotesNobody, whyNotPromoted } from '../../../model/managers/takeover.ts'
import type { DatabaseView, Picture } from '../../../model/picture/picture.ts'
import { isPrimary, isReplica } from '../../../model/picture/roles.ts'
import { displayNameOf } from '../../../state/select/cluster.ts'
import { age, bytes, count, instant, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'
import { type DetailSection, detailField } from '../../frame/parts/field-list.ts'
import { operatorFields } from './details-operator.ts'

const STANDINGS = {
  live: '',
  silent: ', but nothing shows that it runs',
  hint: ', perhaps: any user can fake these signs',
} as const
const AGENTS = { runs: 'runs', silent: 'does not answer', unknown: UNKNOWN_TEXT } as const

type Fields = ReturnType<typeof detailField>

/** One section; empty where nobody is in charge. */
export function managerSection(picture: Picture, database: DatabaseView, now: number): DetailSection {
  const { manager } = picture
  const { id } = database
  if (!manager) return { title: 'MANAGER', age: '', fields: [] }
  const standing =
    manager.activity === 'silent' && !isManagerMissing(manager) ? ', by its signs' : STANDINGS[manager.activity]
  const paused = pauseWords(manager)
  const leader = manager.leader === null ? UNKNOWN_TEXT : displayNameOf(picture, manager.leader)
  return {
    title: 'MANAGER',
    age: manager.readAt === null ? 'seen by its signs' : `read ${age(manager.readAt, now)} ago`,
    fields: [
      ...detailField(
        'in charge',
        `${managerTitle(manager)}${paused === null ? '' : `, ${paused}`}${standing}`,
        paused !== null || standing !== '' ? 'warning' : 'plain',
      ),
      ...detailField('its agent here', AGENTS[manager.agents[id] ?? 'unknown']),
      ...detailField('calls this database', manager.names[id] ?? UNKNOWN_TEXT),
      ...memberFields(memberOfDatabase(manager, id), now),
      ...takeoverField(manager, database, now),
      ...detailField('holds for the primary', leader),
      ...managerContradictions(manager, picture.databases).flatMap((text, index) =>
        detailField(index === 0 ? 'contradiction' : '', text, 'warning'),
      ),
      ...(manager.details ? clusterFields(manager.details, now) : []),
      ...operatorFields(manager.details?.operator ?? null, now),
      ...manager.evidence.flatMap((what, index) => detailField(index === 0 ? 'signs' : '', what)),
      ...commandFields(picture, database),
    ],
  }
}

/** The manager's own command for what a user wants of this database most, where to run it, and what it does. */
function commandFields(picture: Picture, database: DatabaseView): Fields {
  const block = managerBlockFor(picture, isPrimary(database) ? 'fence' : 'switchover', database.id)
  if (!block) return []
  const { command, where, effect } = block
  const texts = [command, where, effect].filter((text) => text !== null && text !== '')
  return texts.flatMap((text, index) => {
    const label = index > 0 ? '' : isPrimary(database) ? 'to stop it' : 'to make it the primary'
    return detailField(label, text, text === command ? 'strong' : 'dim')
  })
}

const ROLE_TEXTS = {
  leader: 'leader',
  'standby-leader': 'leader of a standby cluster',
  sync: 'synchronous standby',
  quorum: 'standby of the quorum',
  replica: 'replica',
  witness: 'witness',
} as const

/** As the manager has it, whatever PostgreSQL says. */
function memberFields(member: ManagedMember | null, now: number): Fields {
  if (!member?.facts) return []
  const { facts, state } = member
  const assigned =
    facts.assignedState !== null && facts.assignedState !== state ? `, to become ${facts.assignedState}` : ''
  const words = [
    facts.role && ROLE_TEXTS[facts.role],
    state === null ? null : `${state}${assigned}`,
    facts.timeline === null ? null : `timeline ${count(facts.timeline)}`,
    facts.lagBytes === null ? null : `lag ${bytes(facts.lagBytes)}`,
  ]
  const pending = facts.pendingRestart
  return [
    ...detailField('has it as', words.filter((word) => word !== null).join(', ') || null),
    ...detailField('its tags', tagsText(facts.tags)),
    ...detailField('its priority', facts.priority === null ? null : count(facts.priority)),
    ...detailField('maintenance', facts.inMaintenance ? 'it is in maintenance' : null, 'warning'),
    ...detailField('health', facts.isHealthy === false ? 'unhealthy, or not active' : null, 'warning'),
    ...detailField(
      'last report',
      facts.reportedAgoSeconds === null ? null : `${seconds(facts.reportedAgoSeconds)} ago`,
    ),
    ...detailField('in the quorum', facts.isInQuorum === null ? null : facts.isInQuorum ? 'yes' : 'no'),
    ...detailField(
      'pending restart',
      pending && (pending.length === 0 ? 'yes' : `for ${pending.join(', ')}`),
      'warning',
    ),
    ...detailField('restart planned', facts.restartAt === null ? null : planText(facts.restartAt, now), 'warning'),
  ]
}

function tagsText(tags: NonNullable<ManagedMember['facts']>['tags']): string | null {
  if (tags === null) return null
  const words = [
    ...(tags.noFailover ? ['nofailover'] : []),
    ...(tags.noLoadBalance ? ['noloadbalance'] : []),
    ...(tags.noSync ? ['nosync'] : []),
    ...(tags.replicateFrom === null ? [] : [`replicatefrom ${tags.replicateFrom}`]),
  ]
  return words.join(', ') || null
}

function takeoverField(manager: ClusterManager, database: DatabaseView, now: number): Fields {
  if (!isReplica(database) || !manager.details) return []
  const nobody = whyItPromotesNobody(manager)
  const why = whyNotPromoted(manager, database, now)
  const text = nobody ?? (why === null ? 'nothing speaks against it' : `no: it ${why}`)
  return detailField('could take over', text, nobody === null && why === null ? 'plain' : 'warning')
}

const DCS_TEXTS = { reached: 'reached', partly: 'lost by some agents', lost: 'lost' } as const

function clusterFields({ dcs, settings, scheduledSwitchover: plan, lastEvent }: ManagerDetails, now: number): Fields {
  const seen = dcs?.seenAt == null ? '' : `, last ${age(dcs.seenAt, now)} ago`
  const plannedText =
    plan && `${plan.from ?? 'the leader'} to ${plan.to ?? 'a member of its choice'}, ${planText(plan.at, now)}`
  return [
    ...detailField(
      'its store (DCS)',
      dcs && `${DCS_TEXTS[dcs.state]}${seen}${dcs.isFailsafe ? '; failsafe mode' : ''}`,
      dcs === null || dcs.state === 'reached' ? 'plain' : 'critical',
    ),
    ...detailField('switchover planned', plannedText, 'warning'),
    ...detailField('its settings', settingsText(settings)),
    ...detailField(
      'last event',
      lastEvent && `${lastEvent.text}${lastEvent.at === null ? '' : `, ${age(lastEvent.at, now)} ago`}`,
    ),
  ]
}

function settingsText(settings: ManagerDetails['settings']): string | null {
  if (settings === null) return null
  const { ttlSeconds, loopWaitSeconds, mostLagBytes, synchronousMode, isStrict, isFailsafeMode, isStandbyCluster } =
    settings
  return [
    `ttl ${seconds(ttlSeconds)}`,
    `loop_wait ${seconds(loopWaitSeconds)}`,
    ...(mostLagBytes === null ? [] : [`maximum_lag_on_failover ${bytes(mostLagBytes)}`]),
    `synchronous_mode ${synchronousMode}${isStrict ? ' (strict)' : ''}`,
    `failsafe_mode ${isFailsafeMode ? 'on' : 'off'}`,
    ...(isStandbyCluster ? ['standby cluster'] : []),
  ].join(', ')
}

function planText(at: number, now: number): string {
  return at > now ? `in ${seconds((at - now) / 1000)}, at ${instant(at)}` : `at ${instant(at)}`
}
