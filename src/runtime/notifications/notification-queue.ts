// Sends messages about alerts to one recipient, one after the other: to a webhook with retries, or to a command.

import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { NotifyRule } from '../../config/config.ts'
import type { NotificationMessage } from '../../model/alerts/notification-message.ts'
import { clean } from '../../model/values/text.ts'
import { type DeliveryFailure, sendNotification, type WebhookRetryOptions } from './send-notification.ts'

export interface NotificationQueue {
  /** Queues a message. Never blocks and never throws. */
  send(letter: NotificationMessage): void
  /** Gives the running delivery a last moment. A message that has not arrived then is not reported as settled. */
  close(): Promise<void>
}

export interface NotificationQueueOptions {
  readonly rule: NotifyRule
  /** Called when a message has arrived, or after its last try. */
  readonly settled: (letter: NotificationMessage) => Promise<void>
  /** Shows on the screen when delivery starts to fail, and when it works again. */
  readonly tell: (severity: 'info' | 'warning', text: string) => void
  /** Logs each failure with its details. */
  readonly log: (text: string) => void
  readonly patience?: WebhookRetryOptions
}

/** A full queue drops the oldest messages: the newest describe the current state. */
const LONGEST_QUEUE = 200
/** Time for a webhook that already has the message to confirm it. Otherwise the next pgdeck would send it again. */
const LAST_MOMENT_MS = 300

/** Identifies the recipient of a rule, whatever its severities, without the secrets that its address may hold. */
export function notificationTargetId(rule: NotifyRule): string {
  const address = 'webhook' in rule ? [rule.method, rule.webhook] : rule.command
  return createHash('sha256').update(JSON.stringify(address)).digest('hex').slice(0, 16)
}

/** The display name of a recipient: the host of a webhook, the name of a program. Paths and arguments may be secrets. */
function notificationTargetName(rule: NotifyRule): string {
  return clean('webhook' in rule ? new URL(rule.webhook).host : basename(rule.command[0] ?? ''))
}

/** Returns the queue of one recipient. */
export function createNotificationQueue(options: NotificationQueueOptions): NotificationQueue {
  const { rule, settled, tell, log, patience } = options
  const name = `notify ${notificationTargetName(rule)}`
  const closing = new AbortController()
  const cut = new AbortController()
  const queue: NotificationMessage[] = []
  let working: Promise<void> = Promise.resolve()
  let isWorking = false
  let failing = false

  const report = (letter: NotificationMessage, failure: DeliveryFailure | null) => {
    if (failure) {
      const { event, rule: about, subject } = letter.document
      log(`${name}: ${failure.why}; not delivered: ${event} ${about} ${subject}${failure.said ?? ''}`)
    }
    if ((failure !== null) === failing) return
    failing = failure !== null
    if (failure) tell('warning', `${name}: ${failure.why}`)
    else tell('info', `${name}: works again`)
  }
  const work = async () => {
    for (let letter = queue[0]; letter; letter = queue[0]) {
      const failure = await sendNotification(
        letter.document,
        rule,
        { closing: closing.signal, cut: cut.signal },
        patience,
      )
      if (failure && closing.signal.aborted) return
      queue.shift()
      await settled(letter)
      report(letter, failure)
      if (closing.signal.aborted) return
    }
  }
  return {
    send(letter) {
      if (closing.signal.aborted) return
      queue.push(letter)
      const dropped = queue.length > LONGEST_QUEUE ? queue.splice(1, 1)[0] : undefined
      if (dropped) {
        void settled(dropped)
        report(dropped, { why: `more than ${LONGEST_QUEUE} alerts already wait for it` })
      }
      if (isWorking) return
      isWorking = true
      working = work().finally(() => {
        isWorking = false
      })
    },
    async close() {
      closing.abort()
      const late = setTimeout(() => cut.abort(), LAST_MOMENT_MS)
      await working
      clearTimeout(late)
    },
  }
}
