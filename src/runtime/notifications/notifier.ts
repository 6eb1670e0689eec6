// Sends notifications about alerts by `notify` in the configuration: when one is raised, changes or ends.

import type { NotifyRule } from '../../config/config.ts'
import { readAuditHead } from '../../io/audit/audit-log-file.ts'
import { NO_PROGRAM_LOG, type ProgramLog } from '../../io/files/program-log.ts'
import {
  type CurrentAlerts,
  diffNotifications,
  type NotificationTarget,
  type NotifiedAlerts,
} from '../../model/alerts/notification-diff.ts'
import {
  type AuditLogEnd,
  type ClusterAlert,
  clusterAlertKey,
  type NotificationMessage,
} from '../../model/alerts/notification-message.ts'
import { isSubjectReadable, muted } from '../../model/alerts/silence.ts'
import { alertSubject } from '../../model/picture/alert.ts'
import { messageOf } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { createNotificationQueue, notificationTargetId } from './notification-queue.ts'
import { createNotificationStore } from './notification-store.ts'
import type { WebhookRetryOptions } from './send-notification.ts'

export interface NotifierOptions {
  readonly store: Store
  readonly rules: readonly NotifyRule[]
  /** The state directory, which stores the notifications and is shared with other pgdecks. */
  readonly folder: string
  readonly log?: ProgramLog
  readonly patience?: WebhookRetryOptions
}

export interface Notifier {
  /** Ends at once. The next pgdeck sends what has not arrived. Never throws. */
  close(): Promise<void>
}

/** How soon another pgdeck takes over from one that was killed. */
const TAKE_OVER_MS = 30_000

/** Follows the store from now on. It also sends alerts that exist already, unless an earlier run has sent them. */
export function startNotifier({
  store,
  rules,
  folder,
  log = NO_PROGRAM_LOG,
  patience = {},
}: NotifierOptions): Notifier {
  if (rules.length === 0) return { close: async () => {} }
  const tell = (severity: 'info' | 'warning', text: string) => {
    store.dispatch({ type: 'notified', notice: { at: Date.now(), severity, text } })
  }
  const keepLog = (text: string) => {
    try {
      log.write('warning', text)
    } catch {
      // A full disk must not prevent notifications.
    }
  }
  let warned = false
  const failed = (error: unknown) => {
    if (warned) return
    warned = true
    const why = clean(messageOf(error))
    keepLog(`notify: ${why}`)
    tell('warning', `notify: the sent notifications are not saved for the next start: ${why}`)
  }
  const clusters = store.latest().clusters.map(({ spec }) => spec.name)
  const listeners = listenersOf(rules)
  const pairs = clusters.flatMap((cluster) => listeners.map(({ id }) => ({ cluster, listener: id })))
  const book = createNotificationStore({ folder, pairs, failed })
  const deliveries = new Map(
    rules.map((rule) => {
      const delivery = createNotificationQueue({ rule, settled: book.settle, tell, log: keepLog, patience })
      return [notificationTargetId(rule), delivery] as const
    }),
  )
  const turn = async () => {
    const letters = await book.turn((known, mine) => {
      // The newest state: a round may have ended while the file was opened.
      const standing = standingIn(store.latest())
      const heard = (cluster: string) => listeners.filter(({ id }) => mine({ cluster, listener: id }))
      return diffNotifications(known, { ...standing, targets: heard })
    })
    for (const letter of withTrailEnd(letters, folder)) deliveries.get(letter.targetId)?.send(letter)
  }
  const { look, stop } = oneAtATime(turn)
  let last = ''
  const unsubscribe = store.subscribe(() => {
    const now = outlineOf(standingIn(store.latest()), book.known())
    if (now === last) return
    last = now
    look()
  })
  const timer = setInterval(look, TAKE_OVER_MS)
  timer.unref()
  look()
  return {
    async close() {
      unsubscribe()
      clearInterval(timer)
      await stop()
      await Promise.all([...deliveries.values()].map((delivery) => delivery.close()))
      await book.close()
    },
  }
}

function withTrailEnd(letters: readonly NotificationMessage[], folder: string): readonly NotificationMessage[] {
  if (letters.length === 0) return letters
  const audit = trailEnd(folder)
  return letters.map((letter) => ({ ...letter, document: { ...letter.document, audit } }))
}

/** An audit log that can't be read must not prevent notifications. */
function trailEnd(folder: string): AuditLogEnd | null {
  try {
    const head = readAuditHead(folder)
    return head === null || head === 'damaged' ? null : { lines: head.lines, hash: head.hash }
  } catch {
    return null
  }
}

/** One recipient per address: it gets an alert once, even if several of its rules match. */
function listenersOf(rules: readonly NotifyRule[]): readonly NotificationTarget[] {
  const byId = Map.groupBy(rules, notificationTargetId)
  return [...byId].map(([id, same]) => ({ id, on: [...new Set(same.flatMap(({ on }) => on))] }))
}

/** Runs `work` on request, never twice at once, and once more for requests during a run. */
function oneAtATime(work: () => Promise<void>): { look(): void; stop(): Promise<void> } {
  let running: Promise<void> | null = null
  let again = false
  let stopped = false
  const run = async () => {
    do {
      again = false
      await work()
    } while (again && !stopped)
    running = null
  }
  return {
    look() {
      again = true
      if (!stopped) running ??= run()
    },
    async stop() {
      stopped = true
      await running
    },
  }
}

type Seen = Omit<CurrentAlerts, 'targets'>

/** The alerts of clusters whose targets all have answered or failed once. */
function standingIn(state: State): Seen {
  const complete = state.clusters.filter((cluster) => cluster.complete)
  const all = complete.flatMap(({ spec, picture, silences }) =>
    (picture?.alerts ?? []).map((alert): { alert: ClusterAlert; isMuted: boolean } => ({
      alert: { ...alert, cluster: spec.name },
      isMuted: muted(alert, silences, state.now) !== null,
    })),
  )
  return {
    unmuted: all.flatMap(({ alert, isMuted }) => (isMuted ? [] : [alert])),
    muted: all.flatMap(({ alert, isMuted }) => (isMuted ? [alert] : [])),
    now: state.now,
    hasEnded(known) {
      const picture = complete.find(({ spec }) => spec.name === known.cluster)?.picture
      return picture ? isSubjectReadable(alertSubject(known.rule, known), picture) : false
    },
  }
}

/** The same text while there is nothing to send: figures in messages change with every poll. */
function outlineOf(standing: Seen, known: NotifiedAlerts): string {
  const severities = standing.unmuted.map((alert) => [clusterAlertKey(alert), alert.severity])
  const over = Object.keys(known).filter((key) => known[key] && standing.hasEnded(known[key]))
  return JSON.stringify([severities, standing.muted.map(clusterAlertKey), over])
}
