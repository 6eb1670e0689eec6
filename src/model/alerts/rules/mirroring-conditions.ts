// Alert conditions of the exchange between mirrored databases: cut while both are up, or not merged yet.

import { exchangeAmount } from '../../picture/exchange-amount.ts'
import type { Mirroring } from '../../picture/picture.ts'
import { subjectOf } from '../../picture/subject.ts'
import { type AlertCondition, immediate, type RuleInput } from './condition.ts'

/** A database that is down has its own alert, and an unknown exchange is no finding. */
export function mirroringConditions({ mirroring, databases }: RuleInput): readonly AlertCondition[] {
  return mirroring.flatMap((each) => {
    const from = databases.find(({ id }) => id === each.from)
    const to = databases.find(({ id }) => id === each.to)
    if (from?.status !== 'active' || to?.status !== 'active') return []
    const message = messageOf(each, from.name, to.name)
    return message === null ? [] : [immediate('replica-disconnected', subjectOf(to.id), 'warning', message, each.since)]
  })
}

function messageOf({ state, reason, behindBytes, behindChanges }: Mirroring, from: string, to: string): string | null {
  const amount = exchangeAmount(behindChanges, behindBytes) ?? 'an unknown amount'
  if (state === 'merging') return `${to} is merging what ${from} wrote while they were apart: ${amount} to go`
  if (state !== 'cut') return null
  const why = reason === null ? '' : ` (${reason})`
  return `${to} receives no changes from ${from}${why}: they diverge, ${amount} of ${from} not merged`
}
