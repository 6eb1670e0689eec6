// The formats in which a base backup is stored.

import type { TarEntry } from './tar.ts'

/** Its name in every backup. */
export const MANIFEST_FILE = 'backup_manifest'

export type BackupFormat = 'tar' | 'tar.gz' | 'folder'

/** The folder of a tablespace in a data directory and in every backup: a link, or the files themselves. */
export function tablespaceFolder(oid: string): string {
  return `${TABLESPACES}/${oid}`
}

/** The folder in which those of the tablespaces are. */
export const TABLESPACES = 'pg_tblspc'

export interface BackupTarget {
  /** Identifies the backup in its first bytes. Comes before every entry, if at all. */
  note(label: string): Promise<void>
  entry(entry: TarEntry): Promise<void>
  /** Content of the previous entry. */
  bytes(bytes: Uint8Array): Promise<void>
  /** Adds the manifest; everything is on the disk when it resolves. */
  finish(manifest: Uint8Array): Promise<void>
  /** Ends writing. The written part stays. Does nothing after `finish`. */
  abandon(): Promise<void>
}

/** By the file name that the user gave. */
export function backupFormatOf(path: string): BackupFormat {
  if (path.endsWith('.tar')) return 'tar'
  return path.endsWith('.tar.gz') || path.endsWith('.tgz') ? 'tar.gz' : 'folder'
}
