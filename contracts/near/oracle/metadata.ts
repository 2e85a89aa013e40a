/** NEP-330: version and standards of this contract. */
export const SOURCE_METADATA = {
  version: '0.1.0',
  link: null,
  standards: [
    { standard: 'nep297', version: '1.0.0' },
    { standard: 'nep330', version: '1.1.0' },
  ],
} as const
