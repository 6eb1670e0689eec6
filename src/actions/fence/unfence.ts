// `unfence`: a database that was fenced is started again, where that does no harm.

import type { DatabaseView } from '../../model/picture/picture.ts'
import { formatAge } from '../../model/values/units.ts'
import { noClusterManager } from '../checks/no-manager.ts'
import type { Action, Draft, PreflightCheck, PreflightResult } from '../definition/action.ts'
import { unreadOfSameSystem, writableOfSameSystem } from '../definition/participants.ts'
import { findDatabase, requireTargetDatabase } from '../definition/target.ts'
import { databaseServiceOf } from '../hosts/service.ts'
import { startDatabaseStep } from '../promotion/start-step.ts'
import { needsAnyDatabase, requireDatabaseView } from './fence.ts'

export const unfenceAction: Action = {
  name: 'unfence',
  title: 'start a fenced database again',
  explains: 'As a primary only where no other one of its system takes writes, and every one of them can be read.',
  key: null,
  danger: 'disruptive',
  target: 'database',
  locks: 'cluster',
  fields: [
    {
      name: 'as',
      explains: 'what it starts as',
      kind: 'choice',
      choices: ['primary', 'standby'],
      required: false,
      defaultText: 'standby while another one takes writes, else primary',
    },
  ],
  whyNot: (sight, target) =>
    needsAnyDatabase(sight, target) ?? (findDatabase(sight, target)?.problem ? null : 'it runs'),
  async draft(sight, request, tools): Promise<Draft> {
    const view = requireDatabaseView(sight, requireTargetDatabase(sight, request))
    const service = await databaseServiceOf(view.id, tools)
    const others = writableOfSameSystem(sight, view)
    const asPrimary = (request.input.as ?? (others.length > 0 ? 'standby' : 'primary')) === 'primary'
    return {
      target: { id: view.id, name: view.name },
      title: `start ${view.name} ${asPrimary ? 'as it was before it was fenced' : 'as a standby'}`,
      danger: 'disruptive',
      impact: {
        lossBytes: 0,
        lossSeconds: 0,
        writableInSeconds: null,
        sessionsCut: 0,
        serversAffected: [],
        orphans: [],
        statement: asPrimary
          ? `${view.name} takes writes again if it was a primary.`
          : `${view.name} takes no writes; it may have to be rewound or rebuilt to follow.`,
      },
      checks: [noClusterManager('unfence', view.id), isDownNow(view), ...(asPrimary ? [nobodyElse(view)] : [])],
      input: request.input,
      steps: [startDatabaseStep(view, service, asPrimary)],
    }
  },
}

function isDownNow(view: DatabaseView): PreflightCheck {
  return {
    id: 'is-down',
    mayOverride: false,
    run(): PreflightResult {
      if (!view.problem) return { result: 'fail', message: `${view.name} answers: it runs`, hint: null }
      return { result: 'pass', message: view.problem.message, hint: null }
    },
  }
}

/** As `no-other-primary` of a promotion, but what can't be read blocks: a second primary would be of our making. */
function nobodyElse(view: DatabaseView): PreflightCheck {
  return {
    id: 'no-other-primary',
    mayOverride: true,
    run(sight): PreflightResult {
      const others = writableOfSameSystem(sight, view)
      if (others.length > 0) {
        return {
          result: 'fail',
          message: `${others.map(({ name }) => name).join(', ')} takes writes`,
          hint: 'Start it as a standby: --set as=standby.',
        }
      }
      const unread = unreadOfSameSystem(sight, view)
      if (unread.length === 0)
        return { result: 'pass', message: 'no other database of this system takes writes', hint: null }
      const names = unread.map(
        ({ name, problem }) => `${name} (unread for ${formatAge(sight.now - (problem?.since ?? sight.now))})`,
      )
      return {
        result: 'fail',
        message: `whether these take writes is not known: ${names.join(', ')}`,
        hint: 'Look at them on their hosts, then overrule this with what you saw.',
      }
    },
  }
}
