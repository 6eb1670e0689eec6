// Whether the primary is down for others than this host too: before another one is made.

import { primaryDownByOthers } from '../../model/down-by-others.ts'
import type { FaultCode } from '../../model/fault.ts'
import { formatAge } from '../../model/quantity.ts'
import type { CheckCode, Finding, Sight } from '../action.ts'
import { postmasterOn } from '../hosts/postmaster.ts'
import type { Service } from '../hosts/service.ts'
import type { Scene } from '../promotion/scene.ts'
import { databaseOf } from '../target.ts'

/** Somebody who speaks PostgreSQL said no: the server is up, whatever it lets us see. */
const ANSWERS: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'auth',
  'hba',
  'too-many-connections',
  'starting',
  'tls',
  'protocol',
])

/**
 * Fails while others may still see the primary, and where nobody can tell: unless the plan itself stops it on its host
 * before it goes on (`isFenced`), which is evidence enough.
 */
export function downByOthers({ primary, target }: Scene, isFenced: boolean, service: Service | null = null): CheckCode {
  return {
    id: 'primary-down-by-others',
    mayOverride: true,
    async run(sight, _, tools): Promise<Finding> {
      if (!primary) {
        return {
          result: 'fail',
          message: `what ${target.name} replicated from is not known, so that nobody can tell whether it is down`,
          hint: 'Make sure by hand that no primary of this system runs; then overrule this with that reason.',
        }
      }
      const view = databaseOf(sight, primary.id) ?? primary
      if (view.problem && ANSWERS.has(view.problem.code)) {
        const hint = 'Mend what keeps pgdeck from reading it, or stop it on its host.'
        return { result: 'fail', message: `${view.name} is up: ${view.problem.message}`, hint }
      }
      const there = service && service.how !== 'manual' ? await postmasterOn(service, tools) : null
      if (there !== null) return byHost(there, view.name)
      const { verdict, sentence } = primaryDownByOthers(sight.picture, primary.id)
      return finding(verdict, `${sentence}${lastSeen(sight, primary.id)}`, isFenced, primary.name)
    },
  }
}

/** Its own host knows better than anybody who looks from outside. */
function byHost(state: string, name: string): Finding {
  if (state !== 'running')
    return { result: 'pass', message: `no postmaster of ${name} runs on its host (${state})`, hint: null }
  const hint = `Mend the way to ${name} and switch over without a loss, or stop it first: pgdeck do fence.`
  return {
    result: 'fail',
    message: `the postmaster of ${name} runs on its host: it is only not to be read from here`,
    hint,
  }
}

function finding(verdict: string, message: string, isFenced: boolean, name: string): Finding {
  if (verdict === 'down') return { result: 'pass', message, hint: null }
  if (verdict === 'unknown' && isFenced) {
    return {
      result: 'warn',
      message,
      hint: `The plan stops ${name} on its host first, and goes on only when that is seen.`,
    }
  }
  const hint =
    verdict === 'unknown'
      ? `Make sure on its host that ${name} is stopped; then overrule this with what you saw.`
      : 'Look at it from its own host before anything else: two primaries cost more than an outage.'
  return { result: 'fail', message, hint }
}

function lastSeen({ snapshot, now }: Sight, id: string): string {
  const seen = snapshot.databases.find(({ spec }) => spec.id === id)?.lastSeenAsPrimary
  return seen ? `; last seen as a primary ${formatAge(now - seen.at)} ago` : ''
}
