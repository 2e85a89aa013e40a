/** What a source of prices does. */

export interface Source {
  readonly name: string
  /**
   * The price now: whole units of the quote for one whole token, in steps of 10^-24.
   * @throws SourceUnreachableError, SourceAddressError, SourceReplyError, SourceStaleError
   */
  read(signal: AbortSignal): Promise<bigint>
}
