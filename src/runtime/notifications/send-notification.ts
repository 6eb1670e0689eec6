// Sends one message to one recipient. A webhook is retried while that may help; a command runs once.

import { setTimeout as wait } from 'node:timers/promises'
import type { NotifyRule } from '../../config/config.ts'
import { httpPost } from '../../io/http/http-post.ts'
import { runCommand } from '../../io/process/command.ts'
import type { NotificationDocument } from '../../model/alerts/notification-message.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean, safeJson } from '../../model/values/text.ts'

export interface DeliveryFailure {
  readonly why: string
  /** Details for the log only. */
  readonly said?: string
}

/** How a webhook is retried. */
export interface WebhookRetryOptions {
  /** Milliseconds before the second and each later attempt. */
  readonly pausesMs?: readonly number[]
  /** The limit of one attempt in milliseconds. */
  readonly attemptMs?: number
}

/** The end of the program. The first signal stops further attempts, the second also the running one. */
export interface ShutdownSignals {
  readonly closing: AbortSignal
  readonly cut: AbortSignal
}

const PAUSES_MS = [1_000, 4_000, 15_000, 45_000]
const ATTEMPT_MS = 5_000
const COMMAND_MS = 10_000
const LONGEST_PAUSE_MS = 60_000
/** Temporary errors: the same request may succeed later. */
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429])

/** Resolves to null if the message has arrived, else to the reason for giving up. Never throws. */
export async function sendNotification(
  document: NotificationDocument,
  rule: NotifyRule,
  end: ShutdownSignals,
  patience: WebhookRetryOptions = {},
): Promise<DeliveryFailure | null> {
  try {
    if ('webhook' in rule) return await sendWebhook(document, rule, end, patience)
    return await runNotifyCommand(document, rule.command, end)
  } catch (error) {
    return { why: reasonOf(error) }
  }
}

async function sendWebhook(
  document: NotificationDocument,
  { webhook, method }: Extract<NotifyRule, { webhook: string }>,
  { closing, cut }: ShutdownSignals,
  { pausesMs = PAUSES_MS, attemptMs = ATTEMPT_MS }: WebhookRetryOptions,
): Promise<DeliveryFailure | null> {
  const url = new URL(webhook)
  for (let tries = 1; ; tries += 1) {
    const signal = AbortSignal.any([cut, AbortSignal.timeout(attemptMs)])
    const attempt = await httpPost({ url, method, document, signal }).then(judgeAnswer, failedAttempt)
    if (attempt.result === 'delivered') return null
    if (attempt.result === 'refused') return { why: attempt.why }
    const pause = pausesMs[tries - 1]
    if (pause === undefined || closing.aborted) return { why: `${attempt.why} (tried ${tries} times)` }
    // A random factor, so that many pgdecks that saw the same event do not retry at the same moment.
    const spread = pause * (0.8 + 0.4 * Math.random())
    await wait(Math.max(spread, attempt.retryAfterMs), undefined, { signal: closing })
  }
}

type WebhookAttempt =
  | { readonly result: 'delivered' }
  /** The same request would be refused again. */
  | { readonly result: 'refused'; readonly why: string }
  | { readonly result: 'failed'; readonly why: string; readonly retryAfterMs: number }

function judgeAnswer({ status, retryAfterMs }: Awaited<ReturnType<typeof httpPost>>): WebhookAttempt {
  if (status >= 200 && status < 300) return { result: 'delivered' }
  const why = `it answers ${status}`
  if (status < 500 && !TRY_AGAIN.has(status)) return { result: 'refused', why }
  return { result: 'failed', why, retryAfterMs: Math.min(retryAfterMs ?? 0, LONGEST_PAUSE_MS) }
}

function failedAttempt(error: unknown): WebhookAttempt {
  return { result: 'failed', why: reasonOf(error), retryAfterMs: 0 }
}

async function runNotifyCommand(
  document: NotificationDocument,
  command: readonly string[],
  { cut }: ShutdownSignals,
): Promise<DeliveryFailure | null> {
  const signal = AbortSignal.any([cut, AbortSignal.timeout(COMMAND_MS)])
  const outcome = await runCommand(command, signal, `${safeJson(document)}\n`)
  if (outcome.exitCode === 0) return null
  const how = outcome.exitCode === null ? `was ended by ${outcome.signal}` : `ended with exit code ${outcome.exitCode}`
  return { why: `it ${how}`, said: outcome.stderr === '' ? '' : `: ${outcome.stderr.slice(0, 1_000)}` }
}

function reasonOf(error: unknown): string {
  return clean(messageOf(error))
}
