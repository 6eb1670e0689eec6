// The paths that a rebuild uses beside a data directory. They contain the id of its run, so that nothing else has them.

export interface RebuildPaths {
  /** The copy while it is received. */
  readonly partial: string
  /** The copy when it is complete and has its settings, ready for the swap. */
  readonly complete: string
  /** The previous data. */
  readonly previous: string
  /** The copy after an undo of the rebuild. */
  readonly undone: string
  /** The data while it is rewound: under this name no service starts it. */
  readonly rewinding: string
  /** The server's own settings meanwhile. */
  readonly settings: string
  /** The password during the copy, readable only by the owner of the data. */
  readonly passfile: string
}

export function rebuildPathsOf(dataDirectory: string, run: string): RebuildPaths {
  const stem = `${dataDirectory.replace(/\/+$/, '')}.pgdeck-${run}`
  return {
    partial: `${stem}.part`,
    complete: `${stem}.new`,
    previous: `${stem}.old`,
    undone: `${stem}.undone`,
    rewinding: `${stem}.rewind`,
    settings: `${stem}.settings`,
    passfile: `${stem}.pgpass`,
  }
}

/** Returns whether a rebuild made that path: nothing else is ever removed. */
export function isRebuildPath(path: string): boolean {
  return /^\/.+\.pgdeck-[\w-]+\.(part|new|old|undone)$/.test(path) && !path.includes('/../')
}
