// Whose process listens on a Unix socket: names of abstract sockets have no owner, the processes behind them have.

import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises'

/**
 * Id of the user whose process listens at that address (of an abstract socket with its leading zero byte); null where
 * that can't be found out: processes of other users may only be looked into by root.
 */
export async function socketListenerOwner(address: string): Promise<number | null> {
  try {
    if (!address.startsWith('\0')) return (await lstat(address)).uid
    const inode = await inodeOf(`@${address.slice(1)}`)
    return inode === null ? null : await ownerOf(`socket:[${inode}]`)
  } catch {
    return null
  }
}

/** Set in the flags of a socket that listens. */
const LISTENS = 0x10000

/** `Num RefCount Protocol Flags Type St Inode Path`, of this network namespace. */
async function inodeOf(name: string): Promise<string | null> {
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n')
  for (const line of lines) {
    const [, , , flags = '0', , , inode = '', path] = line.trim().split(/\s+/)
    if (path === name && (Number.parseInt(flags, 16) & LISTENS) !== 0) return inode
  }
  return null
}

async function ownerOf(link: string): Promise<number | null> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of processes) {
    // Most can't be looked into, and some end meanwhile.
    const open = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const descriptor of open) {
      const to = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
      if (to === link) return (await stat(`/proc/${pid}`)).uid
    }
  }
  return null
}
