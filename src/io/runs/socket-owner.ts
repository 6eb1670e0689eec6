// The owner of a listening Unix socket: abstract socket names have no owner, but their processes have.

import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises'

/**
 * Returns the user id of the process that listens at that address (of an abstract socket with its leading zero byte);
 * null if unknown: only root may inspect processes of other users.
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

/** The flag of a listening socket. */
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
    // Most can't be read, and some end meanwhile.
    const open = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const descriptor of open) {
      const to = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
      if (to === link) return (await stat(`/proc/${pid}`)).uid
    }
  }
  return null
}
