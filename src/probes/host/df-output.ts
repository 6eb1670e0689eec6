// Parses the output of `df -P`.

import type { DiskSpace } from '../../model/measured/host.ts'

type Inodes = NonNullable<DiskSpace['inodes']>

/** A device and a mount point are shorter than this. Matching longer lines could take very long. */
const LONGEST_ROW = 10_000
const isRow = ({ length }: string) => length <= LONGEST_ROW

/**
 * Returns the rows of `df -Pk`, one for each path given to it, in their order. Device and mount point may contain
 * blanks.
 */
export function parseDfBlocks(lines: readonly string[]): readonly DiskSpace[] {
  return lines.filter(isRow).flatMap((line): DiskSpace[] => {
    const [, device, total, used, available, mount] =
      /^(.*?)\s+(\d+)\s+(\d+)\s+(-?\d+)\s+(?:\d+%|-)\s+(.*)$/.exec(line) ?? []
    if (device === undefined || mount === undefined) return []
    const bytes = (kilobytes: string | undefined) => Math.max(0, Number(kilobytes)) * 1024
    return [
      {
        device,
        mount,
        totalBytes: bytes(total),
        usedBytes: bytes(used),
        availableBytes: bytes(available),
        inodes: null,
      },
    ]
  })
}

/**
 * Returns the rows of `df -Pi`: inodes, used, free. BSD and macOS print them after the blocks. null: no fixed number of
 * inodes.
 */
export function parseDfInodes(lines: readonly string[]): readonly (Inodes | null)[] {
  return lines.filter(isRow).flatMap((line): (Inodes | null)[] => {
    const [, used, free] = /\d+%\s+(\d+)\s+(\d+)\s+\d+%\s+\//.exec(line) ?? []
    if (used !== undefined) return [inodes(Number(used) + Number(free), Number(free))]
    const [, total, left] = /\s(\d+|-)\s+(?:\d+|-)\s+(\d+|-)\s+(?:\d+%|-)\s+\//.exec(line) ?? []
    return total === undefined ? [] : [inodes(Number(total), Number(left))]
  })
}

function inodes(total: number, free: number): Inodes | null {
  return total > 0 && free >= 0 ? { total, free } : null
}
