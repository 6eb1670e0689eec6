// `rebuild-replica`: gives a replica that can't catch up a new copy of its upstream. Its old data stay until it
// streams.

import { formatBytes } from '../../model/values/units.ts'
import { planAttaching, withAdmission } from '../add-hba-entry/attaching.ts'
import { type Action, type Draft, PlanError } from '../definition/action.ts'
import { stopImpact } from '../definition/stop-impact.ts'
import { requireTargetDatabase } from '../definition/target.ts'
import { mayHoldMore, needsRebuildable, planRebuild, rebuildChecks } from './draft.ts'
import { rebuildSteps, roleOfRebuilt } from './planned-steps.ts'

export const rebuildReplicaAction: Action = {
  name: 'rebuild-replica',
  title: 'rebuild a replica',
  explains:
    'A new base backup of its upstream, with a slot that retains WAL for it; the old data is kept aside until it streams.',
  key: 'B',
  danger: 'outage',
  target: 'database',
  locks: 'cluster',
  fields: [
    {
      name: 'upstream',
      explains: 'the upstream to copy and to follow',
      kind: 'text',
      required: false,
      defaultText: 'the upstream it followed, else the primary',
    },
    {
      name: 'slot',
      explains: 'its slot there',
      kind: 'text',
      required: false,
      defaultText: 'the slot it had, else its name',
    },
    {
      name: 'tablespaces',
      explains: 'where its tablespaces go on its host: NAME=/PATH, several separated by commas',
      kind: 'text',
      required: false,
      defaultText: 'where it has them, else as on its upstream',
    },
    {
      name: 'keep-old',
      explains: 'keep the old data directory',
      kind: 'boolean',
      required: false,
      defaultText: 'false',
    },
  ],
  whyNot: needsRebuildable,
  async draft(clusterView, request, tools): Promise<Draft> {
    const target = requireTargetDatabase(clusterView, request)
    const rebuild = await planRebuild(clusterView, target, request, request.input['keep-old'] === 'true', tools)
    const { view, upstream, bytes } = rebuild
    if (view.id === upstream.id) throw new PlanError(`rebuild-replica: ${view.name} can’t follow itself`)
    const attaching = await planAttaching(
      { upstream, followers: [view.id], servers: [], roles: roleOfRebuilt(rebuild) },
      tools,
    )
    const isLost = !rebuild.keepOld && mayHoldMore(clusterView, view.id)
    const held = isLost ? `is lost: it was a primary, and pgdeck did not compare the two` : 'is not in the base backup'
    const size = bytes === null ? 'all data' : `about ${formatBytes(bytes)}`
    return {
      target: { id: view.id, name: view.name },
      title: `rebuild ${view.name} from ${upstream.name}`,
      danger: isLost ? 'data-loss' : 'outage',
      impact: withAdmission(
        {
          ...stopImpact(
            view,
            clusterView.picture,
            `${view.name} is down until ${size} of ${upstream.name} are copied; ${upstream.name} continues to serve. What only ${view.name} has ${held}.`,
          ),
          ...(isLost ? { lossBytes: null, lossSeconds: null } : {}),
        },
        attaching,
      ),
      checks: rebuildChecks('rebuild-replica', rebuild, attaching),
      input: request.input,
      steps: [...attaching.steps, ...(await rebuildSteps(rebuild, tools))],
    }
  },
}
