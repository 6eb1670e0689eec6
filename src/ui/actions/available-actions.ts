// The actions for the selected row, and why one is not available: for the menu `a`, the keys that act, the palette.

import type { Action, ClusterView } from '../../actions/definition/action.ts'
import { proposalOfAlert } from '../../model/alerts/act-after.ts'
import { activeManager, managerBlockFor } from '../../model/managers/manager-guard.ts'
import { MANAGER_TITLES } from '../../model/measured/managers/manager-signs.ts'
import type { Picture } from '../../model/picture/picture.ts'
import { listText } from '../../model/values/text.ts'
import { ACTIONS, isReplaced } from '../../profiles/actions.ts'
import { snapshotOf } from '../../state/derive.ts'
import { displayNameOf, shownCluster } from '../../state/select/cluster.ts'
import type { ClusterState, State } from '../../state/state.ts'
import { actionRow, selectedNodeId } from '../keys/bindings/selection-target.ts'
import { currentKey } from '../keys/names.ts'
import { matchScore } from '../keys/word-match.ts'
import { markedSessions } from './marked-sessions.ts'

/** An action as menus show it. */
export interface AvailableAction {
  readonly name: string
  readonly title: string
  readonly explains: string
  readonly key: string | null
  readonly danger: Action['danger']
  /** Why it is not available now; null if it is. */
  readonly reason: string | null
}

/** All actions for the selected row: those of pgdeck, then those of the config. */
export function availableActions(state: State): readonly AvailableAction[] {
  const customActions = shownCluster(state)?.spec.actions ?? []
  return [
    ...cutOff(state),
    ...ACTIONS.flatMap((action) => {
      const reason = whyNoAction(state, action)
      return isReplaced(action, customActions) ? [] : [{ ...action, key: keyNowOf(state, action), reason }]
    }),
    ...customActions.map(({ name, title, danger }) => {
      const replaced = ACTIONS.find((action) => action.name === name && isReplaced(action, customActions))
      const key = replaced ? keyNowOf(state, replaced) : null
      return { name, title, danger, key, explains: 'an action of the config', reason: whyNothing(state) }
    }),
  ]
}

/** The entries of the menu: the available ones first, then the others; only those that match the filter. */
export function menuActions(state: State, filter: string): readonly AvailableAction[] {
  const all = availableActions(state).filter(({ title, name }) => matchScore(filter, { title, names: [name] }) !== null)
  return [...all.filter(({ reason }) => reason === null), ...all.filter(({ reason }) => reason !== null)]
}

/** Two actions have a key of their own in the monitor; all others share one, by their name. */
const SHARED: Readonly<Record<string, string>> = { r: 'rename', l: 'collect-logs' }

function keyNowOf({ keys }: State, { key, name }: Action): string | null {
  return keys[SHARED[key ?? ''] ?? `do-${name}`] ?? key
}

const RESUME = 'resume '

/** Interrupted runs of this cluster. They come first. */
function cutOff(state: State): readonly AvailableAction[] {
  const name = shownCluster(state)?.spec.name
  return state.cutOff
    .filter(({ cluster }) => cluster === name)
    .map(({ id, title }) => {
      const explains = `run ${id} was interrupted: finished steps are verified, not repeated`
      return {
        name: `${RESUME}${id}`,
        title: `resume: ${title}`,
        explains,
        key: null,
        danger: 'disruptive',
        reason: whyNothing(state),
      }
    })
}

/** Id of the run that an entry of the menu resumes; null for all other entries. */
export function resumedRunId(name: string): string | null {
  return name.startsWith(RESUME) ? name.slice(RESUME.length) : null
}

/** Why an action is not available for the selected row; null if it is. */
export function whyNoAction(state: State, action: Action): string | null {
  const cluster = shownCluster(state)
  if (isReplaced(action, cluster?.spec.actions)) return whyNothing(state)
  const view = cluster && glanceOf(state, cluster)
  if (!cluster || !view) return whyNothing(state) ?? whyNotMarked(state, action) ?? 'nothing was read yet'
  const target = actionTargetOf(state, action)
  return (
    whyNothing(state) ??
    whyNotMarked(state, action) ??
    action.whyNot(view, target) ??
    whyOnlyTheManager(cluster, view.picture, action, target)
  )
}

/** Under a manager that runs and that pgdeck may not ask, the plan would only refuse; its own command says what to do. */
function whyOnlyTheManager(
  { spec, databases }: ClusterState,
  picture: Picture,
  { name }: Pick<Action, 'name'>,
  target: string | null,
): string | null {
  const isDatabase = target === null || databases.some((database) => database.spec.id === target)
  const block = spec.managerActs || !isDatabase ? null : managerBlockFor(picture, name, target)
  if (block?.result !== 'fail' || block.mayOverride) return null
  const instead = block.command === null ? block.effect || block.where : `use ${block.command}`
  return `${MANAGER_TITLES[block.kind]} decides on the primary: ${instead}`
}

/** A plan is about one database: marked sessions of several can't be taken at once. */
function whyNotMarked(state: State, action: Action): string | null {
  const { databases = [] } = markedSessions(state, action) ?? {}
  const { picture = null } = shownCluster(state) ?? {}
  if (databases.length < 2) return null
  const names = databases.map((id) => (picture ? displayNameOf(picture, id) : id))
  return `the marked sessions are on ${listText(names)}: mark those of one database; ${currentKey(state, 'esc')} unmarks all`
}

/** Why no action at all is available now. */
function whyNothing(state: State): string | null {
  const cluster = shownCluster(state)
  if (!cluster) return 'nothing is watched'
  if (state.readOnly) return 'pgdeck was started with --read-only'
  if (cluster.spec.readOnly) return 'the config has "readOnly" for this cluster'
  return state.action?.current.phase === 'running' ? `a run is in progress: ${currentKey(state, 'a')} shows it` : null
}

function glanceOf(state: State, cluster: ClusterState): ClusterView | null {
  if (!cluster.picture) return null
  const { picture } = cluster
  return { picture, snapshot: snapshotOf(state, cluster), manager: activeManager(picture), now: state.now }
}

/** The id of the target: the selected row, its database, or the standby that the action proposes instead. */
export function actionTargetOf(
  state: State,
  action: Pick<Action, 'name' | 'target' | 'proposes' | 'fields'>,
): string | null {
  if (action.target === 'cluster') return null
  const [only, another] = markedSessions(state, action)?.databases ?? []
  return only !== undefined && another === undefined ? only : targetOfRow(state, action)
}

function targetOfRow(
  state: State,
  { name, target, proposes }: Pick<Action, 'name' | 'target' | 'proposes'>,
): string | null {
  const row = actionRow(state)
  const id = row?.actionTarget?.database ?? selectedNodeId(state)
  const cluster = shownCluster(state)
  const { picture = null } = cluster ?? {}
  if (name === 'promote' && row?.alert && picture) return proposalOfAlert(row.alert, picture) ?? id
  if (!cluster || id === null) return id
  const proposed = picture && proposes?.(picture, id)
  if (proposed) return proposed
  const isDatabase = cluster.databases.some(({ spec }) => spec.id === id)
  const isServer = cluster.servers.some(({ spec }) => spec.id === id)
  if (target === 'database') return isDatabase ? id : null
  if (target === 'server') return isServer ? id : null
  return isDatabase || isServer ? id : null
}

/** The inputs that the selected row gives: the process of a session, the name of a slot. */
export function inputFromSelection(
  state: State,
  action: Pick<Action, 'name' | 'fields'>,
): Readonly<Record<string, string>> {
  const target = actionRow(state)?.actionTarget
  const marked = markedSessions(state, action)
  const given = marked ? { sessions: marked.names } : { ...target?.input, ...target?.inputOf?.[action.name] }
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => action.fields.some((field) => field.name === name)),
  )
}
