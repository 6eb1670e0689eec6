// Which file system a path of this host is on, by Linux's table of mounts.

import { readTextOrNull } from '../files/sync-files.ts'

export interface Mount {
  readonly mount: string
  readonly device: string
}

/** The mount that holds this path, links followed; null where the system keeps no such table. */
export function mountOf(realPath: string): Mount | null {
  const table = process.platform === 'linux' ? readTextOrNull('/proc/self/mountinfo') : null
  return table === null ? null : findMount(realPath, table)
}

/** The same in a given table: the longest mount point that leads to the path, the last one where several are stacked. */
export function findMount(realPath: string, table: string): Mount | null {
  let found: Mount | null = null
  for (const line of table.split('\n')) {
    const [place = '', source = ''] = line.split(' - ')
    const mount = unescaped(place.split(' ')[4] ?? '')
    const leads = mount === '/' || realPath === mount || realPath.startsWith(`${mount}/`)
    if (mount === '' || !leads || mount.length < (found?.mount.length ?? 0)) continue
    found = { mount, device: unescaped(source.split(' ')[1] ?? '') }
  }
  return found
}

/** Blanks, tabs, newlines and backslashes are written in octal there. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
