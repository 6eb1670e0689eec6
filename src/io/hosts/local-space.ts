// How full the file systems of this host are.

import { realpath, statfs } from 'node:fs/promises'
import type { DiskSpace } from '../../model/measured/host.ts'
import { clean } from '../../model/values/text.ts'
import { mountOf } from './local-mounts.ts'

/** Where a path really is and what its file system has left. Throws Node's error (ENOENT, EACCES). */
export async function diskSpaceOf(path: string): Promise<{ readonly realPath: string; readonly space: DiskSpace }> {
  const realPath = await realpath(path)
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(realPath)
  const mounted = mountOf(realPath)
  return {
    realPath,
    space: {
      device: clean(mounted?.device ?? '') || null,
      mount: clean(mounted?.mount ?? '') || null,
      totalBytes: blocks * bsize,
      usedBytes: (blocks - bfree) * bsize,
      availableBytes: bavail * bsize,
      inodes: files > 0 ? { total: files, free: ffree } : null,
    },
  }
}
