// What is stored while watching: names and positions, silences, the audit log; and the notifications of alerts.

import type { NotifyRule } from '../../config/config.ts'
import type { ProgramLog } from '../../io/files/program-log.ts'
import { currentUser } from '../../io/process/current-user.ts'
import { stateFolder } from '../../io/state/state-folder.ts'
import { describeSilence, type Silence, silenceSubject } from '../../model/alerts/silence.ts'
import { auditedServer } from '../../runtime/audit/audit-entries.ts'
import { createAuditLogWatch } from '../../runtime/audit/audit-log-watch.ts'
import { type AuditRecorder, startAuditRecorder } from '../../runtime/audit/audit-recorder.ts'
import type { Notifier } from '../../runtime/notifications/notifier.ts'
import { createActingPrimaryWatch } from '../../runtime/stores/acting-primary-watch.ts'
import { createManagerStore } from '../../runtime/stores/manager-store.ts'
import { createPersistedStateStore } from '../../runtime/stores/persisted-state-store.ts'
import { createSeenServersStore } from '../../runtime/stores/seen-servers-store.ts'
import { createSilenceStore } from '../../runtime/stores/silence-store.ts'
import type { Controller } from '../../state/controller.ts'
import type { Store } from '../../state/store.ts'

export interface Persistence extends Pick<Controller, 'rename' | 'silence' | 'unsilence' | 'followTrail'> {
  /** From now on events are stored and sent; before, the files are only read. */
  start(): void
  /** Reads again what runs record. */
  readRecords(): void
  /** Writes what is pending and ends. Never throws. */
  close(): Promise<void>
}

export interface PersistenceOptions {
  readonly store: Store
  readonly rules: readonly NotifyRule[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: ProgramLog
}

/** Opens the files of the state directory and dispatches their contents. */
export function createPersistence({ store, rules, env, log }: PersistenceOptions): Persistence {
  const folder = stateFolder(env)
  const who = currentUser(env)
  const recorder = createPersistedStateStore({ store, folder })
  const silences = createSilenceStore({ store, folder, by: who.user })
  const follower = createAuditLogWatch({ store, folder })
  const actingPrimaryWatch = createActingPrimaryWatch({ store, folder })
  const managers = createManagerStore({ store, folder })
  const servers = createSeenServersStore({ store, folder })
  let trail: AuditRecorder | null = null
  let notifier: Promise<Notifier> | null = null
  recorder.load()
  silences.load()
  actingPrimaryWatch.load()
  managers.load()
  servers.load()

  const note = (cluster: string, subject: string | null, what: string) => {
    trail?.note({ cluster, server: subject, category: 'user', what, plan: null, result: null })
  }
  const noteSilence = (silence: Silence, before = '') => {
    note(silence.cluster, serverOfSilence(silence, store), before + describeSilence(silence))
  }
  return {
    start() {
      recorder.start()
      silences.start()
      actingPrimaryWatch.start()
      managers.start()
      servers.start()
      trail = startAuditRecorder({ store, folder, who })
      if (rules.length > 0) notifier = startedNotifier({ store, rules, folder, log })
    },
    readRecords: actingPrimaryWatch.load,
    async rename(cluster, id, name) {
      await recorder.rename(cluster, id, name)
      note(cluster, id, name === '' ? 'display name removed' : `display name set: ${name}`)
    },
    async silence(request) {
      noteSilence(await silences.silence(request))
    },
    async unsilence(id) {
      const ended = await silences.unsilence(id)
      if (ended) noteSilence(ended, 'ended early: ')
    },
    followTrail: follower.follow,
    async close() {
      actingPrimaryWatch.close()
      await Promise.all([
        follower.close(),
        recorder.close(),
        servers.close(),
        silences.close(),
        managers.close(),
        trail?.close(),
        notifier?.then((started) => started.close()),
      ])
    },
  }
}

function serverOfSilence(silence: Silence, store: Store): string | null {
  const subject = silenceSubject(silence)
  const cluster = store.latest().clusters.find(({ spec }) => spec.name === silence.cluster)
  return subject && cluster ? auditedServer(subject, cluster) : null
}

/** Loaded only if somebody is to be notified: its modules would delay every start. */
async function startedNotifier(
  options: Parameters<typeof import('../../runtime/notifications/notifier.ts')['startNotifier']>[0],
) {
  const { startNotifier } = await import('../../runtime/notifications/notifier.ts')
  return startNotifier(options)
}
