// Remembers across restarts who was told of what, and which of several pgdecks tells whom: one alert, one letter.

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
/** How long the word of a pgdeck on another host counts, whose end can't be seen from here. */
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

/** A cluster and a listener that hears of it. */
interface NotificationPair {
  readonly cluster: string
  readonly listener: string
}

export interface NotificationStore {
  /**
   * Asks what is to be told, given what is known, and keeps the answer. `mine` says for which pairs this program is
   * the one that tells. Where the file can't be used, it is told by `failed`, and this program's own memory serves.
   */
  turn(
    decide: (known: NotifiedAlerts, mine: (pair: NotificationPair) => boolean) => NotificationChange,
  ): Promise<readonly NotificationMessage[]>
  /** A letter has arrived or was given up. */
  settle(letter: NotificationMessage): Promise<void>
  /** What is known, as of the last turn. */
  known(): NotifiedAlerts
  /** Leaves the telling to others. Never throws. */
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

  /** Every change goes to the file, or else to memory. */
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
      // Nobody is to find a state directory made again that was taken away meanwhile.
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

/** Takes on every pair that nobody tells, with what the last one could not deliver. */
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
