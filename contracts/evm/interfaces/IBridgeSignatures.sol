// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a contract beside the bridge needs of it: the word of its signers
interface IBridgeSignatures {
    /// @notice Reverts unless at least k signers of the active epoch signed this struct in the bridge's EIP-712 domain.
    /// @param structHash EIP-712 hashStruct of the payload.
    /// @param epoch The payload's epoch; must be the active one.
    /// @param signatures 65 bytes each, r, s, v; ascending by signer.
    function requireSignatures(bytes32 structHash, uint64 epoch, bytes[] calldata signatures) external view;
}
