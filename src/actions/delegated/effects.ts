// The effect of what a manager was asked, by pgdeck's own readings of PostgreSQL. The manager's word proves nothing.

import { isReadableStandby, isWritable } from '../../model/picture/roles.ts'
import { isHiddenBySession, meansTheSame, type NodeSetting, readNodeSetting } from '../change-setting/node-setting.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { writableOfSameSystem } from '../definition/participants.ts'
import * as arg from '../definition/step-arguments.ts'
import type { Verification } from '../definition/step-kind.ts'
import { databaseName, findDatabase } from '../definition/target.ts'
import { streamingFrom } from '../steps/repoint-standbys.ts'

/** `by-manager`: PostgreSQL shows nothing of it. */
const EFFECTS = [
  'promoted',
  'answers',
  'restarted',
  'copied',
  'streams',
  'reloaded',
  'slot',
  'setting',
  'by-manager',
] as const
type EffectKind = (typeof EFFECTS)[number]

/** What is to be seen afterwards. Fields that an effect does not use are null. */
export const effectForm = () =>
  arg.form({
    kind: arg.oneOf(...EFFECTS),
    /** `promoted`: the timeline before; 0 if unknown. */
    timeline: arg.number(),
    /** The old primary of `promoted`. */
    old: arg.optionalText(),
    /** Clients of a paused pool wait for `promoted`: that the old primary is back is left to a later step. */
    usersWait: arg.flag(),
    /** The server was started, or its files were loaded, after that; null: it did not answer before. */
    before: arg.optionalText(),
    upstream: arg.optionalText(),
    /** Name of a slot or a setting. */
    name: arg.optionalText(),
    /** Of a setting, null: the manager has none any more; of a slot `there` or `gone`. */
    value: arg.optionalText(),
  })
export type Effect = arg.Of<typeof effectForm>

export const NO_EFFECT: Effect = {
  kind: 'by-manager',
  timeline: 0,
  old: null,
  usersWait: false,
  before: null,
  upstream: null,
  name: null,
  value: null,
}

/** Since when the effect is waited for. */
export interface Waiting {
  /** An old primary that is still down is not waited for any longer. */
  readonly isLate: boolean
  /** Since the step first began, by pgdeck's clock; 0 before. */
  readonly seconds: number
}

/** Looks for the effect on a database; that of a setting on all. */
export function effectSeen(
  effect: Effect,
  database: string | null,
  tools: ActionToolbox,
  waiting: Waiting,
): Promise<Verification> {
  if (effect.kind === 'by-manager' || (database === null && effect.kind !== 'setting'))
    return Promise.resolve({ result: 'yes', evidence: 'PostgreSQL shows nothing of it' })
  return SEEN[effect.kind](effect, database ?? '', tools, waiting)
}

type Look = (effect: Effect, database: string, tools: ActionToolbox, waiting: Waiting) => Promise<Verification>

const SEEN: Readonly<Record<Exclude<EffectKind, 'by-manager'>, Look>> = {
  promoted,
  answers,
  restarted: startedLater,
  async copied(effect, database, tools, waiting) {
    const started = await startedLater(effect, database, tools, waiting)
    return started.result === 'yes' ? streams(effect, database, tools) : started
  },
  streams,
  async reloaded({ before }, database, tools) {
    const [row] = await tools.sql<{ later: boolean; at: string }>(database, {
      text: `SELECT pg_catalog.pg_conf_load_time() > $1::pg_catalog.timestamptz AS later,
        pg_catalog.pg_conf_load_time()::pg_catalog.text AS at`,
      values: [before],
    })
    if (!row?.later) return { result: 'not-yet', why: 'PostgreSQL has not loaded its files since' }
    return { result: 'yes', evidence: `the configuration was loaded at ${row.at}` }
  },
  async slot({ name, value }, database, tools) {
    const [row] = await tools.sql<{ slots: number }>(database, {
      text: 'SELECT pg_catalog.count(*)::int AS slots FROM pg_catalog.pg_replication_slots WHERE slot_name = $1',
      values: [name],
    })
    const isThere = (row?.slots ?? 0) > 0
    const words = `${databaseName(tools.view(), database)} ${isThere ? 'has' : 'has no'} slot ${name}`
    return isThere === (value === 'there') ? { result: 'yes', evidence: words } : { result: 'not-yet', why: words }
  },
  async setting({ name, value }, _, tools) {
    const { picture } = await tools.refresh()
    const read = picture.databases.filter(({ problem, pulse }) => problem === null && pulse !== null)
    const states = await Promise.all(
      read.map(async (view) => ({
        name: view.name,
        state: await settingState(view.id, name ?? '', value, tools),
      })),
    )
    const missing = states.filter(({ state }) => state === 'missing').map((each) => each.name)
    const other = value === null ? `${name} in its postgresql.conf still` : `another value of ${name}`
    if (missing.length > 0) return { result: 'not-yet', why: `${missing.join(', ')} has ${other}` }
    const namesOf = (...these: readonly SettingState[]) =>
      states.filter(({ state }) => these.includes(state)).map((each) => each.name)
    const silent = picture.databases.filter((view) => view.configured && !read.includes(view)).map((each) => each.name)
    const [seen, later, unseen] = [namesOf('there', 'pending'), namesOf('pending'), [...namesOf('unseen'), ...silent]]
    const is = value === null ? 'is gone from the postgresql.conf of' : 'is set on'
    const parts = [
      ...(seen.length === 0 ? [] : [`${name} ${is} ${seen.join(', ')}`]),
      ...(later.length === 0 ? [] : [`it waits for a restart of ${later.join(', ')}`]),
      ...(unseen.length === 0 ? [] : [`pgdeck can’t see it on ${unseen.join(', ')}`]),
    ]
    return { result: 'yes', evidence: parts.join('; ') }
  },
}

/** What the manager writes; a file of before that it includes is not meant. */
const BY_MANAGER = /(?:^|[\\/])postgresql\.conf$/

/**
 * `pending`: PostgreSQL has read the value and takes it with its next start. `unseen`: this role sees neither the value of
 * the server nor its files, so the manager's view remains.
 */
type SettingState = 'there' | 'pending' | 'missing' | 'unseen'

async function settingState(
  database: string,
  name: string,
  value: string | null,
  tools: ActionToolbox,
): Promise<SettingState> {
  const node = await readNodeSetting(database, name, tools)
  const { setting, lines } = node
  if (value === null) return removedState(node)
  const written = writtenIn(node)
  // Another value may have waited before: only the files tell which one the next start takes.
  const isInForce = setting !== null && !setting.isPending && !isHiddenBySession(setting)
  const found = isInForce ? setting.value : written
  if (found === null) return lines === null ? 'unseen' : setting?.isPending ? 'pending' : 'missing'
  const isSame = setting ? meansTheSame(setting, found, value) : found === value
  if (!isSame) return 'missing'
  return setting?.isPending ? 'pending' : 'there'
}

function removedState({ setting, lines }: NodeSetting): SettingState {
  if (lines === null) return 'unseen'
  if (lines.some(({ file }) => BY_MANAGER.test(file))) return 'missing'
  return setting?.isPending ? 'pending' : 'there'
}

/** The line that counts. Of what the manager gives on the command line it is its own: there it writes the same. */
function writtenIn({ setting, lines }: NodeSetting): string | null {
  const isGiven = setting?.source === 'command line'
  return lines?.findLast(({ file }) => !isGiven || BY_MANAGER.test(file))?.value ?? null
}

async function promoted(
  { timeline, old, usersWait }: Effect,
  database: string,
  tools: ActionToolbox,
  { isLate }: Waiting,
): Promise<Verification> {
  const clusterView = await tools.refresh()
  const view = findDatabase(clusterView, database)
  if (!view || view.problem || !view.pulse)
    return { result: 'not-yet', why: view?.problem?.message ?? 'it does not answer' }
  if (!isWritable(view)) return { result: 'not-yet', why: `${view.name} is still in recovery` }
  if (view.timeline !== null && view.timeline <= timeline)
    return { result: 'never', why: `${view.name} is writable on timeline ${view.timeline}, which is not a new one` }
  const [other] = writableOfSameSystem(clusterView, view)
  if (other) return { result: 'not-yet', why: `${other.name} is writable too` }
  const before = findDatabase(clusterView, old)
  const evidence = `${view.name} is out of recovery, on timeline ${view.timeline ?? '?'}`
  if (!before) return { result: 'yes', evidence }
  if (isReadableStandby(before) && before.timeline === view.timeline)
    return { result: 'yes', evidence: `${evidence}; ${before.name} follows it as a standby` }
  const why = `${before.name} does not follow it yet: ${before.problem?.message ?? `it is on timeline ${before.timeline ?? '?'}`}`
  return isLate || usersWait ? { result: 'yes', evidence: `${evidence}; ${why}` } : { result: 'not-yet', why }
}

/** Of a server that is down before: in whichever role the manager gives it. */
async function answers(_: Effect, database: string, tools: ActionToolbox): Promise<Verification> {
  const view = findDatabase(await tools.refresh(), database)
  if (!view || view.problem || !view.pulse)
    return { result: 'not-yet', why: view?.problem?.message ?? 'it does not answer' }
  return { result: 'yes', evidence: `${view.name} answers, as a ${isWritable(view) ? 'primary' : 'standby'}` }
}

/** Of a server that did not answer before, its age by its own clock tells whether it was started since the step began. */
async function startedLater(
  { before }: Effect,
  database: string,
  tools: ActionToolbox,
  { seconds }: Waiting,
): Promise<Verification> {
  const clusterView = await tools.refresh()
  const view = findDatabase(clusterView, database)
  if (!view || view.problem) return { result: 'not-yet', why: view?.problem?.message ?? 'it does not answer' }
  const [row] = await tools.sql<{ later: boolean; at: string }>(database, {
    text: `SELECT CASE WHEN $1::pg_catalog.timestamptz IS NULL
        THEN pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time() < pg_catalog.make_interval(secs => $2)
        ELSE pg_catalog.pg_postmaster_start_time() > $1::pg_catalog.timestamptz END AS later,
      pg_catalog.pg_postmaster_start_time()::pg_catalog.text AS at`,
    values: [before, seconds],
  })
  if (!row?.later) return { result: 'not-yet', why: `${view.name} was not started since` }
  return { result: 'yes', evidence: `${view.name} was started at ${row.at}` }
}

async function streams({ upstream }: Effect, database: string, tools: ActionToolbox): Promise<Verification> {
  const clusterView = await tools.refresh()
  const view = findDatabase(clusterView, database)
  if (view && isWritable(view)) return { result: 'never', why: `${view.name} is writable` }
  if (upstream === null) return { result: 'yes', evidence: `${view?.name ?? database} is a standby` }
  const { streams: isStreaming, words } = streamingFrom(clusterView, database, upstream)
  return isStreaming ? { result: 'yes', evidence: words } : { result: 'not-yet', why: words }
}
