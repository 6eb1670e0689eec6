// The plan of a setting that a manager keeps for all its members: it writes it into their files, and reloads them.

import { PATRONI_COMMAND_LINE_SETTINGS } from '../../model/measured/managers/manager-signs.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { type ChangedNode, changedNode, type WantedSetting } from '../change-setting/changed-node.ts'
import { allAnswer, notOverridden, valueAccepted } from '../change-setting/checks.ts'
import { librariesExist } from '../change-setting/libraries.ts'
import { readNodeSetting } from '../change-setting/node-setting.ts'
import { riskOfChange, textsOfChange } from '../change-setting/planned-change.ts'
import { chosenDatabases, refuseChange, spelling, wantedSetting } from '../change-setting/setting-request.ts'
import { startsWithIt } from '../change-setting/start-checks.ts'
import { tlsFilesExist } from '../change-setting/tls-files.ts'
import type { Draft, PreflightCheck } from '../definition/action.ts'
import { oneRequest } from './database-drafts.ts'
import type { Delegation, NotDelegated } from './delegated-draft.ts'
import { type Effect, NO_EFFECT } from './effects.ts'
import { isAlwaysGiven, valueOnceRemoved } from './patroni/removed-setting.ts'

/** With the checks of a change by ALTER SYSTEM that mean something for a value of the manager. */
export async function delegatedSetting(delegation: Delegation): Promise<Draft | NotDelegated> {
  const { clusterView, request, tools } = delegation
  const databases = clusterView.picture.databases.filter(({ configured }) => configured)
  const isForAll = chosenDatabases(databases, request).length === databases.length
  const asked = wantedSetting(request)
  const read = databases.filter(({ problem, readAt }) => problem === null && readAt !== null)
  if (read.length === 0) refuseChange('no database can be read')
  const nodes = await Promise.all(
    read.map(async (view) => {
      const node = await readNodeSetting(view.id, asked.name, tools)
      return { ...changedNode(view, node), onceRemoved: valueOnceRemoved(node, asked.name) }
    }),
  )
  const wanted = { ...asked, name: spelling(nodes, asked.name) }
  const order = { wanted, now: nodes.toSorted(standbysFirst), later: [], left: [] }
  const texts = textsOfChange(order)
  const draft = await oneRequest(
    delegation,
    {
      wanted: { act: 'set-parameter', ...wanted, nodes, isForAll },
      view: null,
      effect: effectOf(wanted),
      ifStopped: 'The manager has the value, or will have it, and gives it to all its members.',
    },
    {
      danger: texts.danger,
      impact: texts.impact,
      checks: checksOf(
        nodes,
        databases.filter((view) => !read.includes(view)),
        wanted,
      ),
    },
  )
  if ('why' in draft) return draft
  return { ...draft, checks: [...draft.checks, riskOfChange(order)], confirm: texts.confirm ?? wanted.name }
}

function standbysFirst(one: ChangedNode, other: ChangedNode): number {
  return Number(one.isPrimary) - Number(other.isPrimary)
}

/** What Patroni gives always stays in its files, by its default. */
function effectOf({ name, value }: WantedSetting): Effect {
  return value === null && isAlwaysGiven(name) ? NO_EFFECT : { ...NO_EFFECT, kind: 'setting', name, value }
}

function checksOf(
  nodes: readonly ChangedNode[],
  silent: readonly DatabaseView[],
  wanted: WantedSetting,
): readonly PreflightCheck[] {
  // The manager itself writes these on the command line.
  const isItsOwn = PATRONI_COMMAND_LINE_SETTINGS.some((name) => name === wanted.name.toLowerCase())
  return [
    allAnswer(silent, []),
    valueAccepted(nodes, wanted),
    notOverridden(
      nodes.filter(({ node }) => !isItsOwn || node.setting?.source !== 'command line'),
      wanted,
    ),
    startsWithIt(nodes, wanted),
    librariesExist(nodes, wanted),
    tlsFilesExist(nodes, wanted),
  ]
}
