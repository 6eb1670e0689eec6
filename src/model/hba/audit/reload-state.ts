// Whether the rules that were read are in force: from when the server last read its files, and from their content then.

import type { HbaReloadState } from '../../measured/hba-reading.ts'

/** The content of the files at a moment when they were certainly in force. */
export interface LoadedHba {
  /** When the server had read its configuration, by its own clock. */
  readonly loadedAt: number
  readonly hash: string
}

/** Stores that between readings, also of several programs. The key has the server, its start and the file. */
export interface LoadedHbaStore {
  recall(key: string): LoadedHba | null
  keep(key: string, loaded: LoadedHba): Promise<void>
}

export interface HbaReloadEvidence {
  /** What the server refuses in the current files; null: nothing. */
  readonly problem: string | null
  /** Of the newest file; null: unknown. File systems store whole seconds, or steps of their kernel. */
  readonly changed: { readonly at: number; readonly stepMs: number } | null
  /** When only the content was last written. Renaming a file or changing its rights does not count. */
  readonly written: number | null
  readonly loaded: { readonly from: number; readonly to: number }
  readonly hash: string | null
  readonly remembered: LoadedHba | null
}

export interface HbaReloadResult {
  readonly reloadState: HbaReloadState
  readonly why: string
}

/**
 * Returns the reload state. The time of the last reload alone proves nothing, because it also advances when the server
 * refused the file. But a valid file that has not changed since then was accepted, or someone would have corrected it
 * since.
 */
export function determineReloadState(evidence: HbaReloadEvidence): HbaReloadResult {
  const { problem, changed, written, loaded, hash, remembered } = evidence
  if (problem !== null) {
    return {
      reloadState: 'broken',
      why: `the server refuses the file (${problem}): its previous rules stay in force`,
    }
  }
  const since = loaded.from === loaded.to ? moment(loaded.to) : `${moment(loaded.from)} or later`
  if (hash !== null && remembered !== null && loaded.from === loaded.to && remembered.loadedAt === loaded.to) {
    return remembered.hash === hash
      ? { reloadState: 'in-force', why: `the content is the same as the server read at ${since}` }
      : { reloadState: 'edited', why: `the content differs from what the server read at ${since}: reload it` }
  }
  if (changed === null) return { reloadState: 'unknown', why: 'this role may not see when the file was changed' }
  const at = moment(changed.at)
  if (changed.at + changed.stepMs <= loaded.from) {
    return { reloadState: 'in-force', why: `it was last changed at ${at}, and the server read it at ${since}` }
  }
  if (written !== null && written > loaded.to) {
    return {
      reloadState: 'edited',
      why: `it was changed at ${moment(written)}, after the server had read it at ${since}: reload it`,
    }
  }
  if (changed.at > loaded.to) {
    return {
      reloadState: 'unknown',
      why: `it was replaced, or only its permissions were changed, at ${at}, after ${since}`,
    }
  }
  return {
    reloadState: 'unknown',
    why: `it was changed at ${at}, too close to the last reload to know which was first`,
  }
}

/** What of a reading is stored; null if nothing is certain. */
export function certainLoadedHba(
  { loaded, hash }: HbaReloadEvidence,
  { reloadState }: HbaReloadResult,
): LoadedHba | null {
  return reloadState === 'in-force' && hash !== null && loaded.from === loaded.to ? { loadedAt: loaded.to, hash } : null
}

function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
