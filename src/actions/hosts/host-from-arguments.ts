// The way into the host that a step's arguments name.

import type { HostConnection } from '../../io/hosts/host-connection.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import type { JsonRecord } from '../../model/runs/plan.ts'
import type { ActionToolbox } from '../definition/action.ts'
import { optionalTextArgument } from '../definition/step-arguments.ts'

/** Throws ActError where nothing leads there. */
export function hostFromArguments(args: JsonRecord, tools: Pick<ActionToolbox, 'host'>): HostConnection {
  const name = optionalTextArgument(args, 'host')
  const reach = tools.host(name)
  if (reach) return reach
  throw new ActionError(
    `this can’t be seen from here: nothing leads into ${name === null ? 'its host' : `the host ${name}`}`,
    'Do it there by hand, then say so with m.',
  )
}
