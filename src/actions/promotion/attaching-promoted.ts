// Those who connect to a standby once it is the primary, and what the plan does so that its pg_hba.conf admits them.

import { type AttachingPlan, planAttaching } from '../add-hba-entry/attaching.ts'
import type { ActionToolbox, PlanningView } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'

/**
 * Plans the lines for the standbys that will follow it and the servers that move to it. A primary that still answers
 * comes back as its standby. `prefix`: the begin of the ids of the steps.
 */
export function attachingPromoted(
  { target, primary, isPrimaryUp, standbys }: PromotionParticipants,
  { picture }: PlanningView,
  tools: ActionToolbox,
  prefix = '',
): Promise<AttachingPlan> {
  const returning = isPrimaryUp && primary ? [primary.id] : []
  return planAttaching(
    {
      upstream: target,
      followers: [...standbys.map(({ id }) => id), ...returning],
      servers: picture.servers.map(({ id }) => id),
      likeUpstream: returning,
      prefix,
    },
    tools,
  )
}
