// The licences of everything in the program: in a file beside the bundle, or inside the single executable.

import { join } from 'node:path'
import { readTextOrNull } from './sync-files.ts'

/** Returns their texts; null if the program runs from its sources. */
export function licenseTexts(): string | null {
  const { isSea, getAsset } = process.getBuiltinModule('node:sea')
  if (isSea()) return `${getAsset('licences', 'utf8')}\n${'-'.repeat(78)}\n\n${getAsset('nodeLicence', 'utf8')}`
  return readTextOrNull(join(import.meta.dirname, 'LICENSES.txt'))
}
