// Judges whether this host reaches anything, to distinguish "everything is down" and "this host is cut off".

import type { Alert } from '../picture/picture.ts'
import type { Observation } from '../reachability/reachability-matrix.ts'
import { type DiagnosisOutcome, fail, ok, unknownOutcome } from './check-result.ts'

/** What this host reaches now. */
export interface LocalNetworkFacts {
  /** The number of other targets, and how many of them answer or refuse. */
  readonly others: number
  readonly answering: number
  /** Attempts on the subject and all others without any answer. */
  readonly silent: number
  readonly subjectHeard: boolean
  /** The evidence that its host is up; null: none. */
  readonly hostHeard: string | null
  /** The interfaces that are up, without loopback; null: unknown. */
  readonly interfaces: readonly string[] | null
  readonly alert: Alert | null
  /** What others than this host observe of the subject. */
  readonly seenBy: readonly Observation[]
  readonly at: number
}

const NEXT = 'check the network of this host (ip route, ip link), or run pgdeck from another host'

export function judgeLocalNetwork(seen: LocalNetworkFacts): DiagnosisOutcome {
  const { others, answering, subjectHeard, hostHeard, interfaces, alert, seenBy, at } = seen
  if (subjectHeard) return ok('the subject itself answers', at)
  const witness = seenBy.find(({ status }) => status === 'ok')
  if (witness) {
    const evidence = `${witness.from} sees it: ${witness.evidence}`
    return fail('seen-by-others', evidence, {
      next: `check the network from this host to it; ${NEXT}`,
      at: witness.at ?? at,
    })
  }
  if (answering > 0) return ok(`${answering} of ${others} other targets answer`, at)
  if (hostHeard !== null) return ok(hostHeard, at)
  if (interfaces?.length === 0 && others > 0 && alert) {
    return fail('cut-off', 'no network interface is up, and nothing answers', { next: NEXT, at })
  }
  if (others === 0) return unknownOutcome('pgdeck watches no other target to compare with', null, at)
  const evidence = `none of ${others + 1} targets answers, not even with a refusal`
  return fail('cut-off', evidence, { certainty: 'likely', next: NEXT, at })
}
