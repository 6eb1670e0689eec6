// Who serves the users after a promotion, as its plan expects it.

import type { ServerView } from '../../model/picture/picture.ts'
import { listText } from '../../model/values/text.ts'
import type { PlanningView } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'

/**
 * Returns who serves the users once the target is the primary, in words. A server is judged by the database that the
 * configuration names: one that uses the old primary can't write until it uses the target.
 */
export function servingAfterPromotion(
  { target, primary }: Pick<PromotionParticipants, 'target' | 'primary'>,
  { picture }: Pick<PlanningView, 'picture'>,
): string {
  if (picture.servers.length === 0) return `${target.name} is writable`
  const onTarget = picture.servers.filter(({ databaseId }) => databaseId === target.id)
  const writers = onTarget.filter(({ type }) => type !== 'read-only')
  const left = picture.servers.filter(({ databaseId, type }) => databaseId === primary?.id && type !== 'read-only')
  const stays =
    left.length === 0
      ? null
      : `${names(left)} ${left.length === 1 ? 'uses' : 'use'} ${primary?.name} and can’t write until ${left.length === 1 ? 'it uses' : 'they use'} ${target.name}`
  if (writers.length > 0) return [`users write through ${names(writers)}`, ...(stays ? [stays] : [])].join('; ')
  const readers = onTarget.length > 0 ? `users can only read, on ${names(onTarget)}` : 'nobody can write'
  return [readers, ...(stays ? [stays] : [])].join('; ')
}

function names(servers: readonly ServerView[]): string {
  return listText(servers.map(({ name }) => name))
}
