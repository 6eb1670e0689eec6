// What a process of its own needs to run the project's sources, wherever it starts: `node --import TYPESCRIPT FILE`.

/** The module to load first, as a URL. */
export const TYPESCRIPT = import.meta.resolve('../../scripts/typescript.mjs')
