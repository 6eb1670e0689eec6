// The types of bundle.mjs, which is JavaScript because a Node that can't read TypeScript has to build too.

import type { BuildOptions } from 'esbuild'

export declare function bundleOptions(): BuildOptions & { readonly write: false; readonly metafile: true }
export declare function asScript(contents: Uint8Array): Buffer
