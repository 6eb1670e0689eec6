// Brings letters about alerts to one listener, one after the other: a web hook, tried again for a while, or a command.

import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { NotifyRule } from '../../config/config.ts'
import type { NotificationMessage } from '../../model/alerts/notification-message.ts'
import { clean } from '../../model/values/text.ts'
import { type DeliveryFailure, sendNotification, type WebhookRetryOptions } from './send-notification.ts'

export interface NotificationQueue {
  /** Takes a letter; never blocks and never throws. */
  send(letter: NotificationMessage): void
  /** Gives what is under way a last moment; what has not arrived then is not told of as settled. */
  close(): Promise<void>
}

export interface NotificationQueueOptions {
  readonly rule: NotifyRule
  /** A letter has arrived, or everything was tried. */
  readonly settled: (letter: NotificationMessage) => Promise<void>
  /** For the person at the screen: when it begins to fail, and when it works again. */
  readonly tell: (severity: 'info' | 'warning', text: string) => void
  /** Every failure, with what is known of it. */
  readonly log: (text: string) => void
  readonly patience?: WebhookRetryOptions
}

/** Older letters give way: the newest say how things are. */
const LONGEST_QUEUE = 200
/** A hook that has the letter already gets to say so: else the next pgdeck would send it again. */
const LAST_MOMENT_MS = 300

/** Which listener a rule is, whatever the severities: without the secrets that its address may hold. */
export function notificationTargetId(rule: NotifyRule): string {
  const address = 'webhook' in rule ? [rule.method, rule.webhook] : rule.command
  return createHash('sha256').update(JSON.stringify(address)).digest('hex').slice(0, 16)
}

/** What a listener is called: the host of a web hook, the name of a program. Paths and arguments may be secrets. */
function notificationTargetName(rule: NotifyRule): string {
  return clean('webhook' in rule ? new URL(rule.webhook).host : basename(rule.command[0] ?? ''))
}

/** The queue of one listener. */
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
