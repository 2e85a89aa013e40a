/** Where the index gets its blocks: the sources that every follower of the chain shares. */
export * from '../../../../chain/client/near/source/index.ts'
