// Who takes over when the primary fails, and who promotes it: the words around the name of the candidate.

import { type Promoter, promoterOf } from '../../../model/managers/promoter.ts'
import { pauseWarning, promotesNobodyPrefix, whyItPromotesNobody } from '../../../model/managers/takeover.ts'
import type { Picture } from '../../../model/picture/picture.ts'
import { failoverVerb } from './status-text.ts'
import { seconds } from './values.ts'

/** The words before and after the name of the candidate; the loss follows. */
export interface TakeoverWords {
  readonly before: string
  readonly after: string
  readonly by: Promoter['by']
}

export function takeoverWords(picture: Picture): TakeoverWords {
  const verb = failoverVerb(picture)
  const promoter: Promoter = verb === 'promote' ? promoterOf(picture.manager, picture.failover.candidate) : PERSON
  switch (promoter.by) {
    case 'person':
      return { before: `${verb} `, after: '', by: 'person' }
    case 'manager': {
      const { title, ttlSeconds, isChoiceKnown } = promoter
      const after = ttlSeconds === null ? '' : ` within ttl ${seconds(ttlSeconds)}`
      return { before: `${title} promotes ${isChoiceKnown ? '' : 'a standby, probably '}`, after, by: 'manager' }
    }
    case 'nobody':
      return { before: `nobody promotes, ${promoter.why}. By hand `, after: '', by: 'nobody' }
  }
}

const PERSON: Promoter = { by: 'person' }

/** Why there is no failover, although no primary is known that could fail; null: nothing is known of that. */
export function standstillText({ manager }: Picture): string | null {
  return manager && whyItPromotesNobody(manager)
}

/** Whether this reason says by itself that nobody takes over. */
export function isManagersRefusal({ manager }: Picture, reason: string | undefined): boolean {
  return manager !== null && reason?.startsWith(promotesNobodyPrefix(manager)) === true
}

/** Without what the words about the takeover say already. */
export function warningsBesideTakeover({ manager, failover }: Picture): readonly string[] {
  return failover.warnings.filter((text) => manager === null || text !== pauseWarning(manager))
}
