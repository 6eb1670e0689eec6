// The folders that a rebuild makes within the location of a tablespace: so that nothing is renamed across file systems, and a
// location may be a mount point. They contain the id of its run, so that nothing else has them.

export interface TablespaceRunPaths {
  /** Gets the new files. */
  readonly partial: string
  /** Keeps the previous ones. */
  readonly previous: string
}

export function tablespaceRunPaths(location: string, run: string): TablespaceRunPaths {
  const stem = `${location.replace(/\/+$/, '')}/pgdeck-${run}`
  return { partial: `${stem}.part`, previous: `${stem}.old` }
}

/** Returns whether a rebuild made that path: nothing else is ever removed. */
export function isTablespaceRunPath(path: string): boolean {
  return /^\/.*\/pgdeck-[\w-]+\.(part|old)$/s.test(path) && !path.includes('/../')
}
