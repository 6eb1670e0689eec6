// The steps that bring an old primary back as a standby, by its condition: as it is, rewound, or rebuilt.

import type { PlannedStep } from '../../model/runs/plan.ts'
import { shellCommandLine } from '../../model/values/shell-quote.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { addressForOthers } from '../hosts/address.ts'
import { type Rebuild, rebuildSteps } from '../rebuild-replica/planned-steps.ts'
import { returnAsStandbyKind } from '../steps/return-as-standby.ts'
import { rewindDataKind } from './rewind-data.ts'

/** `rebuild` names the participants. Its steps are the last resort. */
export type ReturnMethod = 'follows' | 'as-it-is' | 'rewind' | 'rebuild'

export async function returnSteps(
  method: ReturnMethod,
  rebuild: Rebuild,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  if (method === 'follows') return []
  const steps = await rebuildSteps(rebuild, tools)
  if (method === 'rebuild') return steps
  const named = (id: string) => steps.filter((step) => step.id === id)
  if (method === 'as-it-is') return [...named('stop-replica'), ...named('slot'), asItIs(rebuild, tools)]
  return [
    ...named('stop-replica'),
    ...named('slot'),
    rewindDataKind.plan({ ...rebuild, to: addressForOthers(rebuild.upstream.id, tools) }),
    ...named('start-replica'),
    ...named('streams'),
  ]
}

function asItIs({ view, upstream, service, slot }: Rebuild, tools: ActionToolbox): PlannedStep {
  const to = addressForOthers(upstream.id, tools)
  const { dataDirectory, start, control } = service
  return returnAsStandbyKind.plan({
    id: 'return',
    database: view,
    upstream,
    to,
    service,
    slot,
    title: `${view.name} follows ${upstream.name} with its present data`,
    how: control,
    detail: [
      `touch ${dataDirectory}/standby.signal`,
      `In ${dataDirectory}/postgresql.auto.conf: primary_conninfo = 'host=${to.host} port=${to.port} …', primary_slot_name = '${slot}'`,
      shellCommandLine(start ?? []),
    ].join('\n'),
    ifStopped: `${view.name} is down, or starts as a standby.`,
    deadlineSeconds: 120,
  })
}
