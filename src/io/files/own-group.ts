// Whether a group has only one user as a member: then only that user can write what the group may write.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const ASK_MS = 2_000

/**
 * Whether only users of `uids` and root can have the group. False if unknown: if neither /etc/group nor the name
 * service has the group, or if its only user has another name.
 */
export function isPrivateGroupOf(gid: number, uids: readonly number[]): boolean {
  const accounts = rowsOf(read('/etc/passwd'))
  const allowed = accounts.filter(([, , uid]) => uid === '0' || uids.some((own) => String(own) === uid))
  const names = new Set(allowed.map(([name]) => name))
  // A user whose primary group it is does not appear among its members.
  const isFirstOfOthers = accounts.some(([name, , , first]) => first === String(gid) && !names.has(name))
  if (isFirstOfOthers) return false
  const local = groupIn(read('/etc/group'), gid)
  if (local) return membersOf(local).every((member) => names.has(member))
  const row = groupIn(ask('group', gid), gid)
  if (!row) return false
  const people = new Set(uids.map((uid) => rowsOf(ask('passwd', uid))[0]?.[0] ?? null).filter((name) => name !== null))
  return people.has(row[0] ?? '') && membersOf(row).every((member) => people.has(member))
}

type Row = readonly string[]

function rowsOf(text: string): readonly Row[] {
  return text.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : [line.split(':')]))
}

function groupIn(text: string, gid: number): Row | undefined {
  return rowsOf(text).find(([, , id]) => id === String(gid))
}

function membersOf([, , , members = '']: Row): readonly string[] {
  return members.split(',').filter((name) => name !== '')
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The answer of the name service, which may be a directory on the network; empty if it can't be asked. */
function ask(database: 'group' | 'passwd', id: number): string {
  const { status, stdout } = spawnSync('getent', [database, String(id)], { encoding: 'utf8', timeout: ASK_MS })
  return status === 0 ? stdout : ''
}
