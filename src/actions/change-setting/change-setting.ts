// `change-setting`: a setting of all servers of the cluster by ALTER SYSTEM, in the order in which replication continues.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { configFilesValidOn } from '../checks/config-files.ts'
import type { Action, ActionRequest, ActionToolbox, Draft, PlanningView } from '../definition/action.ts'
import { type ChangedNode, changedNode, hasItAlready, orderedNodes } from './changed-node.ts'
import { allAnswer, mayAlterSystem, notOverridden, valueAccepted } from './checks.ts'
import { librariesExist } from './libraries.ts'
import { readNodeSetting } from './node-setting.ts'
import { noChangeText, riskOfChange, stepsOfChange, textsOfChange } from './planned-change.ts'
import { standbysHaveReplayed } from './replayed.ts'
import { chosenDatabases, namesOf, refuseChange, spelling, wantedSetting } from './setting-request.ts'
import { type ChangeOrder, standbysHaveEnough, startsWithIt } from './start-checks.ts'
import { tlsFilesExist } from './tls-files.ts'

export const changeSettingAction: Action = {
  name: 'change-setting',
  title: 'change a setting of all databases',
  explains:
    'Sets a parameter of PostgreSQL on every server by ALTER SYSTEM, reloads and reads it back. Shows the old value of each first, and what needs a restart.',
  key: null,
  danger: 'disruptive',
  target: 'cluster',
  locks: 'cluster',
  fields: [
    { name: 'name', explains: 'name of the setting', kind: 'text', required: true },
    {
      name: 'value',
      explains: "the new value, such as 64MB; '' for the empty one; default: ALTER SYSTEM sets it no longer",
      kind: 'text',
      required: true,
    },
    {
      name: 'on',
      explains: 'names of the databases, separated by commas',
      kind: 'text',
      required: false,
      defaultText: 'all',
    },
  ],
  whyNot: ({ picture }) =>
    picture.databases.some((view) => view.configured && isReadable(view)) ? null : 'no database answers',
  async draft({ picture }, request, tools): Promise<Draft> {
    const databases = picture.databases.filter(({ configured }) => configured)
    const chosen = chosenDatabases(databases, request)
    const unwatched = chosen.length === databases.length ? picture.databases.filter((view) => !view.configured) : []
    const { order, open, silent, primaries } = await changeFor(databases, chosen, request, tools)
    return {
      ...textsOfChange(order),
      target: targetOf(databases, request),
      input: request.input,
      checks: [
        allAnswer(silent, unwatched),
        mayAlterSystem(open, order.wanted),
        valueAccepted(open, order.wanted),
        notOverridden(open, order.wanted),
        configFilesValidOn(
          open.map(({ id, name }) => ({ id, name, effect: 'the new value would not be loaded', isFatal: true })),
        ),
        startsWithIt(open, order.wanted),
        librariesExist(open, order.wanted),
        tlsFilesExist(open, order.wanted),
        standbysHaveEnough(order, primaries.length > 0),
        standbysHaveReplayed(order.now, order.wanted, primaries),
        riskOfChange(order),
      ],
      steps: stepsOfChange(order),
    }
  },
}

function isReadable({ problem, readAt }: DatabaseView): boolean {
  return problem === null && readAt !== null
}

interface Change {
  readonly order: ChangeOrder
  /** The servers that do not have it yet. */
  readonly open: readonly ChangedNode[]
  /** Chosen databases that do not answer. */
  readonly silent: readonly DatabaseView[]
  /** Those of the cluster that are read. */
  readonly primaries: readonly ChangedNode[]
}

/** Reads the setting of all servers, and finds what is to be changed. Throws PlanError if that is nothing. */
async function changeFor(
  databases: PlanningView['picture']['databases'],
  chosen: readonly DatabaseView[],
  request: ActionRequest,
  tools: ActionToolbox,
): Promise<Change> {
  const asked = wantedSetting(request)
  const all = await Promise.all(
    databases
      .filter(isReadable)
      .map(async (view) => changedNode(view, await readNodeSetting(view.id, asked.name, tools))),
  )
  const targets = all.filter(({ id }) => chosen.some((view) => view.id === id))
  if (targets.length === 0) refuseChange(`${namesOf(chosen)} can’t be read`)
  const wanted = { ...asked, name: spelling(targets, asked.name) }
  const open = targets.filter((node) => !hasItAlready(node, wanted))
  const silent = chosen.filter(({ id }) => !targets.some((node) => node.id === id))
  if (open.length === 0)
    refuseChange(noChangeText(wanted, targets) + (silent.length === 0 ? '' : `; ${namesOf(silent)} can’t be read`))
  const primaries = all.filter(({ isPrimary }) => isPrimary)
  const { now, later } = orderedNodes(open, wanted, primaries)
  if (now.length === 0)
    refuseChange(
      `${namesOf(later)} would not start with it: ${namesOf(primaries)} runs with a higher ${wanted.name}. Lower it there and restart that first`,
    )
  const left = all.filter((node) => !open.includes(node))
  return { order: { wanted, now, later, left }, open, silent, primaries }
}

/** The one database that the command line names; null: the cluster. */
function targetOf(databases: readonly DatabaseView[], { target }: ActionRequest): Draft['target'] {
  const [view] = target === null ? [] : chosenDatabases(databases, { action: '', target, input: {} })
  return view ? { id: view.id, name: view.name } : null
}
