/** Which files of which packages make up the default data. All are direct dependencies, so their versions are pinned. */

export interface Selection {
  readonly package: string
  readonly split: 'train' | 'reserve'
  /** Paths inside the package; the first pattern's files come first. */
  readonly include: readonly RegExp[]
  readonly exclude?: RegExp
}

/** No package gives more than this, so none exceeds 15 % of the whole. */
export const MAX_PACKAGE_BYTES = 1_090_000

/** Documentation of ai, fastify and undici is why those are installed: without them there is too little prose. */
export const SELECTION: readonly Selection[] = [
  { package: '@noble/curves', split: 'train', include: [/^README\.md$/, /^src\/.*\.ts$/] },
  { package: '@types/node', split: 'train', include: [/^README\.md$/, /\.d\.ts$/], exclude: /generated|^ts\d/ },
  { package: 'ai', split: 'train', include: [/^docs\/.*\.mdx$/] },
  { package: 'chai', split: 'train', include: [/^README\.md$/, /^index\.js$/] },
  { package: 'kubo-rpc-client', split: 'train', include: [/^README\.md$/, /^src\/.*\.ts$/] },
  { package: 'mocha', split: 'train', include: [/^README\.md$/, /^(lib|bin)\/.*\.js$/] },
  { package: 'multiformats', split: 'train', include: [/^README\.md$/, /^src\/.*\.ts$/] },
  { package: 'undici', split: 'train', include: [/\.md$/, /^lib\/.*\.js$/], exclude: /^lib\/(llhttp|milo)\// },
  { package: 'zod', split: 'train', include: [/^README\.md$/, /^src\/v4\/.*\.ts$/], exclude: /tests\// },
  // Another hand's prose and code, of the same kinds: what a model must guess without having seen it.
  { package: '@noble/hashes', split: 'reserve', include: [/^README\.md$/, /^src\/.*\.ts$/] },
  { package: 'fast-check', split: 'reserve', include: [/\.md$/, /^lib\/fast-check\.(d\.ts|js)$/] },
  { package: 'fastify', split: 'reserve', include: [/\.md$/, /^(lib|types)\/.*\.(js|ts)$/] },
]
