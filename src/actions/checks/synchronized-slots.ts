// The check of synchronized_standby_slots of a new primary: each slot that it names holds consumers of failover slots back until
// a standby uses it.

import { synchronizedSlotsOf } from '../../model/failover/slots-after.ts'
import { clean, listText } from '../../model/values/text.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { findDatabase } from '../definition/target.ts'
import { laterReplayText } from '../repoint/later-replay.ts'
import { slotNameFor, usedSlotOf } from '../repoint/physical-slots.ts'

/** Warns if it names a slot that no standby will use there. Does not apply without failover slots. */
export function synchronizedSlotsInUse({
  target,
  primary,
  isPrimaryUp,
  standbys,
}: PromotionParticipants): PreflightCheck {
  return {
    id: 'synchronized-slots',
    mayOverride: false,
    run(clusterView): PreflightResult {
      const view = findDatabase(clusterView, target.id)
      const slots = view?.pulse?.slots ?? []
      const waiting = slots.filter(({ type, failover, temporary }) => type === 'logical' && failover && !temporary)
      const named = synchronizedSlotsOf(view?.pulse ?? {})
      if (!view || named.length === 0 || waiting.length === 0) return null
      const staying = slots.filter(({ type, active }) => type === 'physical' && active).map(({ name }) => name)
      const prompt = standbys.filter((each) => laterReplayText(each) === null)
      const returning = isPrimaryUp && primary ? [slotNameFor(primary, clusterView)] : []
      const used = [...staying, ...prompt.flatMap((each) => usedSlotOf(each) ?? []), ...returning]
      const unused = named.filter((name) => !used.includes(name)).map(clean)
      const setting = `synchronized_standby_slots of ${view.name} names ${listText(named.map(clean))}`
      if (unused.length === 0)
        return {
          result: 'pass',
          message: `${setting}: standbys will use ${named.length === 1 ? 'it' : 'them'}`,
          hint: null,
        }
      const consumers = listText(waiting.map(({ name }) => clean(name)))
      return {
        result: 'warn',
        message: `${setting}: no standby will use ${listText(unused)}, and the consumers of ${consumers} wait until one does`,
        hint: `On it: ALTER SYSTEM SET synchronized_standby_slots = '${used.map(clean).join(', ')}'; SELECT pg_reload_conf();`,
      }
    },
  }
}
