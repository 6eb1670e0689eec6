// Stores which manager a cluster had, so that a manager which is down with its host is not ignored.

import * as z from 'zod'
import { readStateFile, writeStateFile } from '../../io/state/state-folder.ts'
import type { LastSeenManager } from '../../model/measured/managers/manager-report.ts'
import { MANAGER_KINDS } from '../../model/measured/managers/manager-signs.ts'
import { isSameSystem } from '../../model/measured/server-identity.ts'
import { messageOf } from '../../model/values/fault.ts'
import type { State } from '../../state/state.ts'
import type { Store } from '../../state/store.ts'
import { createPeriodicSave, type PeriodicSave } from './periodic-save.ts'

const FILE = 'managers.json'
const SAVE_EVERY_MS = 10_000
/** The time of its last sign is written no more often than this. */
const FRESH_MS = 3600_000

const remembered = z.object({
  kind: z.enum(MANAGER_KINDS),
  scope: z.string().nullable(),
  systemIdentifier: z.string().regex(/^\d+$/),
  at: z.number(),
}) satisfies z.ZodType<LastSeenManager>
const content = z.record(z.string(), remembered)
type Content = z.infer<typeof content>

export interface ManagerStore extends PeriodicSave {
  /** Dispatches what is stored. A file that can't be read is shown as a notice and left as it is. */
  load(): void
}

/** Creates a store in one state folder. */
export function createManagerStore({
  store,
  folder,
}: {
  readonly store: Store
  readonly folder: string
}): ManagerStore {
  let saved: Content = {}
  const warn = (error: unknown) => {
    const reason = messageOf(error)
    store.dispatch({
      type: 'notified',
      notice: { at: Date.now(), severity: 'warning', text: `state directory: ${reason}` },
    })
  }
  const save = async () => {
    const seen = seenIn(store.latest())
    const news = Object.entries(seen).filter(([cluster, manager]) => isNews(saved[cluster], manager))
    if (news.length === 0) return
    // Another pgdeck may watch other clusters with the same folder: their entries stay.
    saved = { ...contentOf(folder), ...Object.fromEntries(news) }
    await writeStateFile(folder, FILE, saved)
  }
  return {
    load() {
      try {
        saved = contentOf(folder)
        for (const [cluster, manager] of Object.entries(saved)) {
          store.dispatch({ type: 'manager-loaded', cluster, manager })
        }
      } catch (error) {
        warn(error)
      }
    },
    ...createPeriodicSave(SAVE_EVERY_MS, save, warn),
  }
}

function contentOf(folder: string): Content {
  const { success, data, error } = content.safeParse(readStateFile(folder, FILE) ?? {})
  if (success) return data
  throw new Error(`${folder}/${FILE}: ${z.prettifyError(error).replaceAll('\n', ' ')}`, { cause: error })
}

/** Only a manager that is known to run is stored: its remains are found again anyway. */
function seenIn({ clusters }: State): Content {
  const seen = clusters.flatMap(({ spec, picture }) => {
    const manager = picture?.manager
    if (manager?.activity !== 'live' || !manager.lastSeenRunning) return []
    const { kind, scope, lastSeenRunning } = manager
    return [[spec.name, { kind, scope, ...lastSeenRunning }] as const]
  })
  return Object.fromEntries(seen)
}

function isNews(before: LastSeenManager | undefined, now: LastSeenManager): boolean {
  return (
    before?.kind !== now.kind ||
    before.scope !== now.scope ||
    !isSameSystem(before, now) ||
    now.at - before.at > FRESH_MS
  )
}
