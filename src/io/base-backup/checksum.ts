// The checksums of manifests, computed while bytes pass by.

import { createHash } from 'node:crypto'
import { crc32c } from './crc32c.ts'

export const CHECKSUM_ALGORITHMS = ['CRC32C', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'NONE'] as const
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number]

export interface RunningChecksum {
  update(bytes: Uint8Array): void
  /** In hex, as in a manifest; empty for NONE. */
  done(): string
}

export function createChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  if (algorithm === 'NONE') return { update: () => {}, done: () => '' }
  if (algorithm !== 'CRC32C') {
    const hash = createHash(algorithm.toLowerCase())
    return { update: (bytes) => void hash.update(bytes), done: () => hash.digest('hex') }
  }
  let state = -1
  return {
    update(bytes) {
      state = crc32c(state, bytes)
    },
    done() {
      const result = Buffer.alloc(4)
      result.writeInt32LE(~state)
      return result.toString('hex')
    },
  }
}

/** Whether two checksums of one file are equal. A server of the other byte order writes the bytes of a CRC in reverse. */
export function sameChecksum(algorithm: ChecksumAlgorithm, ours: string, theirs: string): boolean {
  const wanted = theirs.toLowerCase()
  if (ours === wanted) return true
  return algorithm === 'CRC32C' && ours === Buffer.from(wanted, 'hex').reverse().toString('hex')
}
