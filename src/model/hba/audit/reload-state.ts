// Whether the server goes by the pg_hba.conf that was read: by when it last read its files, and by what they held then.

import type { HbaReloadState } from '../../measured/hba-reading.ts'

/** What the files held at a moment when it was known that the server went by them. */
export interface LoadedHba {
  /** When the server had read its configuration, by its own clock. */
  readonly loadedAt: number
  readonly hash: string
}

/** Remembers that from one reading to the next, also across programs. The key names server, start and file. */
export interface LoadedHbaStore {
  recall(key: string): LoadedHba | null
  keep(key: string, loaded: LoadedHba): Promise<void>
}

export interface HbaReloadEvidence {
  /** What the server refuses in the files as they are; null: nothing. */
  readonly problem: string | null
  /** Of the youngest file; null: not known. Clocks of file systems tell whole seconds, or steps of their kernel. */
  readonly changed: { readonly at: number; readonly stepMs: number } | null
  /** When the content alone was last written; a file that is renamed or gets other rights changes without that. */
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
 * What can be told. The time of the last reload alone proves nothing: it advances also when the server refused the file.
 * But a file without errors that has not been changed since then was taken, or it would have been changed to be right.
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

/** What is worth remembering of a reading; null where nothing is certain. */
export function certainLoadedHba(
  { loaded, hash }: HbaReloadEvidence,
  { reloadState }: HbaReloadResult,
): LoadedHba | null {
  return reloadState === 'in-force' && hash !== null && loaded.from === loaded.to ? { loadedAt: loaded.to, hash } : null
}

function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
