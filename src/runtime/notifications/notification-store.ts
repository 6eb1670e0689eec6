// Stores across restarts which recipient got which alert, and which of several pgdecks notifies whom: each message
// once.

import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import * as z from 'zod'
import { isProcessAlive } from '../../io/process/process.ts'
import { hasStateFile, updateStateFile } from '../../io/state/state-folder.ts'
import {
  type NotificationChange,
  type NotifiedAlerts,
  recoverUndelivered,
  settleNotification,
} from '../../model/alerts/notification-diff.ts'
import type { NotificationMessage } from '../../model/alerts/notification-message.ts'
import { ALERT_RULES } from '../../model/picture/picture.ts'

const FILE = 'notified.json'
/** How long the claim of a pgdeck on another host counts, whose end can't be seen from here. */
const ABANDONED_MS = 120_000
const RENEW_MS = 30_000

const told = z.object({ severity: z.enum(['warning', 'critical']), over: z.boolean(), delivered: z.boolean() })
const alert = z.object({
  cluster: z.string(),
  rule: z.enum(ALERT_RULES),
  subject: z.string(),
  owner: z.string().optional(),
  message: z.string(),
  since: z.number(),
  at: z.number(),
  told: z.record(z.string(), told),
})
const teller = z.object({ run: z.string(), pid: z.number(), host: z.string(), at: z.number() })
const page = z.object({ tellers: z.record(z.string(), teller), alerts: z.record(z.string(), alert) })

type StoredNotifications = z.infer<typeof page>
const EMPTY: StoredNotifications = { tellers: {}, alerts: {} }
const parse = (content: unknown): StoredNotifications => page.parse(content ?? EMPTY)

/** A cluster and a recipient. */
interface NotificationPair {
  readonly cluster: string
  readonly listener: string
}

export interface NotificationStore {
  /**
   * Decides what to send, by the stored notifications, and stores the result. `mine` tells for which pairs this program
   * sends. If the file can't be used, `failed` reports it, and this program's memory is used instead.
   */
  turn(
    decide: (known: NotifiedAlerts, mine: (pair: NotificationPair) => boolean) => NotificationChange,
  ): Promise<readonly NotificationMessage[]>
  /** A message has arrived, or was given up. */
  settle(letter: NotificationMessage): Promise<void>
  /** The stored notifications as of the last turn. */
  known(): NotifiedAlerts
  /** Leaves the notifications to other programs. Never throws. */
  close(): Promise<void>
}

export interface NotificationStoreOptions {
  readonly folder: string
  readonly pairs: readonly NotificationPair[]
  readonly failed: (error: unknown) => void
}

export function createNotificationStore({ folder, pairs, failed }: NotificationStoreOptions): NotificationStore {
  const run = randomUUID()
  let memory: StoredNotifications = EMPTY

  /** Every change goes to the file, or to memory if the file fails. */
  const change = async (next: (before: StoredNotifications) => StoredNotifications) => {
    try {
      await updateStateFile(folder, FILE, parse, (before) => {
        memory = next(before)
        return memory
      })
    } catch (error) {
      failed(error)
      memory = next(memory)
    }
  }
  return {
    known: () => memory.alerts,
    async turn(decide) {
      let letters: readonly NotificationMessage[] = []
      await change((before) => {
        const claimed = claim(before, pairs, run, Date.now())
        const mine = (pair: NotificationPair) => claimed.tellers[keyOf(pair)]?.run === run
        const decided = decide(claimed.alerts, mine)
        letters = decided.letters
        const next = { tellers: claimed.tellers, alerts: decided.known as StoredNotifications['alerts'] }
        return JSON.stringify(next) === JSON.stringify(before) ? before : next
      })
      return letters
    },
    async settle(letter) {
      await change((before) => {
        const alerts = settleNotification(before.alerts, letter)
        return alerts === before.alerts ? before : { ...before, alerts: alerts as StoredNotifications['alerts'] }
      })
    },
    async close() {
      // A state directory that was removed meanwhile is not created again.
      if (!hasStateFile(folder, FILE)) return
      await change((before) => {
        const others = Object.entries(before.tellers).filter(([, each]) => each.run !== run)
        return others.length === Object.keys(before.tellers).length
          ? before
          : { ...before, tellers: Object.fromEntries(others) }
      })
    },
  }
}

function keyOf({ cluster, listener }: NotificationPair): string {
  return JSON.stringify([cluster, listener])
}

/** Claims every pair without a sender, with the messages that the last sender could not deliver. */
function claim(
  before: StoredNotifications,
  pairs: readonly NotificationPair[],
  run: string,
  now: number,
): StoredNotifications {
  const tellers = { ...before.tellers }
  const taken = new Set<string>()
  for (const pair of pairs) {
    const key = keyOf(pair)
    const last = tellers[key]
    if (last?.run === run && now - last.at < RENEW_MS) continue
    if (last && last.run !== run && !isAbandoned(last, now)) continue
    if (last?.run !== run) taken.add(key)
    tellers[key] = { run, pid: process.pid, host: hostname(), at: now }
  }
  const alerts = recoverUndelivered(before.alerts, (cluster, listener) => taken.has(keyOf({ cluster, listener })))
  return { tellers, alerts: alerts as StoredNotifications['alerts'] }
}

function isAbandoned({ pid, host, at }: z.infer<typeof teller>, now: number): boolean {
  return now - at > ABANDONED_MS || (host === hostname() && !isProcessAlive(pid))
}
