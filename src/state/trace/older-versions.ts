// What traces and recordings of older versions lack.

import { defaultThresholds } from '../../config/defaults.ts'
import type { ClusterSpec } from '../../model/measured/spec.ts'

/** An older version had fewer limits: the default of a missing one applies. */
export function withThresholds(spec: ClusterSpec): ClusterSpec {
  return { ...spec, thresholds: { ...defaultThresholds(), ...spec.thresholds } }
}
