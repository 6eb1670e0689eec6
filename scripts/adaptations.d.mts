// The type of adaptations.mjs, for its test.

import type { Plugin } from 'esbuild'

export declare const adaptations: Plugin[]
