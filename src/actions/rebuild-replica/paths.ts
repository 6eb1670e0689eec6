// Where a rebuild keeps things beside a data directory, by the id of its run: nothing else has such names.

export interface RebuildPaths {
  /** The copy while it comes. */
  readonly partial: string
  /** The copy when it is whole and has its settings: it needs only to be put in place. */
  readonly complete: string
  /** The data of before. */
  readonly previous: string
  /** What a rebuild that is taken back has put in place. */
  readonly undone: string
  /** Data while it is rewound: under no name that anything would start. */
  readonly rewinding: string
  /** Its own settings meanwhile. */
  readonly settings: string
  /** A password for the time of the copy, readable by the owner of the data only. */
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

/** Whether a path is one that a rebuild has made: nothing else is ever removed. */
export function isRebuildPath(path: string): boolean {
  return /^\/.+\.pgdeck-[\w-]+\.(part|new|old|undone)$/.test(path) && !path.includes('/../')
}
