// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IBlyBridge} from "../interfaces/IBlyBridge.sol";

/// @title Who signed a digest
/// @dev One signature has one form: 65 bytes, low s, v 27 or 28. Ascending order makes doubles visible without storage.
library SignatureCheck {
    uint256 internal constant MAX_SIGNERS = 32;

    /// @notice Reverts unless `signatures` are by at least `k` of `signers` and by nobody else.
    /// @dev PERF: one ecrecover a signature and one pass over `signers`, both ascending; n ≤ 32.
    function requireQuorum(bytes32 digest, bytes[] calldata signatures, address[] memory signers, uint256 k)
        internal
        pure
    {
        uint256 given = signatures.length;
        if (given < k) revert IBlyBridge.BlyBridgeTooFewSignatures(given, k);
        if (given > signers.length) revert IBlyBridge.BlyBridgeTooManySignatures(given, signers.length);
        address last;
        uint256 member;
        for (uint256 i; i < given; ++i) {
            (address signer, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signatures[i]);
            if (failure != ECDSA.RecoverError.NoError) revert IBlyBridge.BlyBridgeSignatureInvalid(i);
            if (signer <= last) revert IBlyBridge.BlyBridgeSignatureUnsorted(i, signer);
            while (member < signers.length && signers[member] < signer) ++member;
            if (member == signers.length || signers[member] != signer) {
                revert IBlyBridge.BlyBridgeSignerUnknown(signer);
            }
            last = signer;
        }
    }

    /// @notice Reverts unless 1 ≤ k ≤ n ≤ 32, k > n/2, and the signers ascend strictly from above zero.
    function requireSignerSet(address[] memory signers, uint256 k) internal pure {
        uint256 n = signers.length;
        if (n > MAX_SIGNERS || k > n || 2 * k <= n) revert IBlyBridge.BlyBridgeSignersInvalid();
        address last;
        for (uint256 i; i < n; ++i) {
            if (signers[i] <= last) revert IBlyBridge.BlyBridgeSignersInvalid();
            last = signers[i];
        }
    }
}
