// The folder that this program was started in. Somebody may have removed it since: a release that was replaced, a mount.

import { homedir } from 'node:os'

/** Its path; null where it is gone. */
export function workingFolder(): string | null {
  try {
    return process.cwd()
  } catch {
    return null
  }
}

/** Where programs are started: there, or where any folder is. */
export function folderOfPrograms(): string {
  return workingFolder() ?? '/'
}

/** Where new files go: there, or to the home of this user. */
export function folderOfNewFiles(): string {
  return workingFolder() ?? homedir()
}
