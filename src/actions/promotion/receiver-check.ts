// Whether a standby is still connected to something that may be a living primary: the promotion waits until it is not.

import { connectedReceivers, receiverText } from '../../model/replication/connected-receivers.ts'
import { formatSeconds } from '../../model/values/units.ts'
import type { PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { PromotionParticipants } from '../definition/participants.ts'
import { RECEIVER_ENDED_CHECK, receiverTimeouts } from './await-receivers.ts'

/** Warns while one is connected: the step `promote` waits for its end. Fails where it would never come by itself. */
export function walReceiverEnded({ target }: PromotionParticipants): PreflightCheck {
  return {
    id: RECEIVER_ENDED_CHECK,
    mayOverride: true,
    async run({ picture }, _, tools): Promise<PreflightResult> {
      const connected = connectedReceivers(picture, target.systemIdentifier)
      if (connected.length === 0) {
        const message = 'no standby that can be read is connected to what may be a primary'
        return { result: 'pass', message, hint: null }
      }
      const message = connected.map(receiverText).join('; ')
      const timeouts = await Promise.all(connected.map(({ standbyId }) => receiverTimeouts(standbyId, tools)))
      const endless = connected.filter((_receiver, index) => timeouts[index]?.timeout === 0)
      if (endless.length > 0) {
        const names = endless.map(({ standby }) => standby).join(', ')
        return {
          result: 'fail',
          message: `${message}; wal_receiver_timeout of ${names} is 0: a connection to a dead server never ends there`,
          hint: `On it: ALTER SYSTEM SET wal_receiver_timeout = '60s'; SELECT pg_reload_conf(). Or stop what it is connected to.`,
        }
      }
      const most = Math.max(...timeouts.map(({ timeout }) => timeout))
      const hint = `The step promote waits until this has ended (after ${formatSeconds(most)} without a message), and stops when something still comes.`
      return { result: 'warn', message, hint }
    },
  }
}
