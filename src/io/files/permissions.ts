// Who may do what with a path of this machine.

import { accessSync, constants, statSync } from 'node:fs'

/** Permission bits such as 0o644; null where nothing is there, or nothing can be told of it. */
export function permissionBits(path: string): number | null {
  try {
    return statSync(path).mode & 0o777
  } catch {
    return null
  }
}

/** Whether this process may write to what is at the path. */
export function isPathWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
