// The check `split-brain`: which side of a split brain the action would stop, by the ranking that views and commands
// show.

import { affectedUsersText, keepAdviceText, reasonToKeep } from '../../model/split-brain/advice.ts'
import { listText } from '../../model/values/text.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'

/**
 * For an action that stops one of several writable databases. Fails for the database to keep. If users and timeline
 * point to different databases, it says which users are on this one. Does not apply outside a split brain.
 */
export function notKeptInSplitBrain(target: string): PreflightCheck {
  return {
    id: 'split-brain',
    mayOverride: true,
    run({ picture }): PreflightResult {
      const split = picture.splitBrains.find(({ members }) => members.some(({ id }) => id === target))
      const own = split?.members.find(({ id }) => id === target)
      if (!split || !own) return null
      const { keep, byUsers, members } = split
      const others = members.filter((member) => member !== own)
      const going = others.filter(({ isMirrored }) => !isMirrored)
      const names = listText(others.map(({ name }) => name))
      const lost = `what ${own.name} wrote since the split is not on ${names}`
      if (keep !== null && keep !== own.id && !own.isMirrored)
        return { result: 'pass', message: `${keepAdviceText(split)}; ${lost}`, hint: null }
      if (keep === own.id || own.isMirrored) {
        return {
          result: 'fail',
          message: `${own.name} is the one to keep (${reasonToKeep(own, split) ?? 'it mirrors another'}): ${affectedUsersText(own)}`,
          hint: `To end the split: pgdeck do fence ${going.map(({ id }) => id).join(', then ')}`,
        }
      }
      const stopped = byUsers.keep === own.id ? `stopped, ${affectedUsersText(own)}; ` : ''
      return {
        result: 'warn',
        message: `${keepAdviceText(split)}; ${stopped}${lost}`,
        hint: 'Compare both: the writes that only one of them has are lost to the users when you stop it.',
      }
    },
  }
}
