// How archiving of WAL goes on a server, as one poll reads it.

/** WAL files that wait while none is archived. */
export interface ArchiveWaiting {
  /** 0 if one was archived just now; null: not known, as the directory has too many files to count. */
  readonly files: number | null
  /** How long the oldest has waited since the server started. */
  readonly seconds: number | null
  /** How many files of any kind are in the directory. Absent: not counted now. */
  readonly listed?: number | undefined
  /** How long ago they were counted. Absent: now. */
  readonly ageSeconds?: number | undefined
}

/** Of pg_stat_archiver and the settings. */
export interface ArchiverFacts {
  readonly mode: string
  readonly failing: boolean
  /** null: this server does not archive, or this role may not list the files. Absent: not read. */
  readonly waiting?: ArchiveWaiting | null | undefined
  /** Archiving is on, but there is neither a command nor a library. Absent: not read. */
  readonly commandless?: boolean | undefined
  /** archive_command succeeds without doing anything, as `/bin/true`: nothing reaches an archive. Absent: not read. */
  readonly keepsNothing?: boolean | undefined
  /** Seconds since a file was archived; null: none ever was. Absent: not read. */
  readonly quietSeconds?: number | null | undefined
  /** Name of the file that was archived last; null: none was. Absent: not read. */
  readonly lastArchivedWal?: string | null | undefined
  readonly lastFailedWal: string | null
  readonly lastFailedAt: number | null
  readonly lastArchivedAt: number | null
  readonly failedCount: number
}
