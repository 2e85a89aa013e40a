// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BridgeTypedData, Anchor, Link, Lock, Pause, Rotate, Veto} from "../lib/BridgeTypedData.sol";
import {NearAccountId} from "../lib/NearAccountId.sol";
import {SignatureCheck} from "../lib/SignatureCheck.sol";

/// @dev The bridge's pure libraries, callable: what the vectors of test/fixtures/vectors/bridge.json are held against.
contract TypedDataHarness {
    function domainSeparator(uint256 chainId, address verifier, bytes32 salt) external pure returns (bytes32) {
        return BridgeTypedData.domainSeparator(chainId, verifier, salt);
    }

    function hashLock(Lock calldata p) external pure returns (bytes32) {
        return BridgeTypedData.hashLock(p);
    }

    function hashBurn(uint64 nonce, uint64 epoch, bytes32 source, string calldata receiver, uint256 amount)
        external
        pure
        returns (bytes32)
    {
        return BridgeTypedData.hashBurn(nonce, epoch, source, receiver, amount);
    }

    function hashLink(Link calldata p) external pure returns (bytes32) {
        return BridgeTypedData.hashLink(p);
    }

    function hashAnchor(Anchor calldata p) external pure returns (bytes32) {
        return BridgeTypedData.hashAnchor(p);
    }

    function hashRotate(Rotate calldata p) external pure returns (bytes32) {
        return BridgeTypedData.hashRotate(p);
    }

    function hashVeto(Veto calldata p) external pure returns (bytes32) {
        return BridgeTypedData.hashVeto(p);
    }

    function hashPause(Pause calldata p) external pure returns (bytes32) {
        return BridgeTypedData.hashPause(p);
    }

    function requireQuorum(bytes32 digest, bytes[] calldata signatures, address[] calldata signers, uint256 k)
        external
        pure
    {
        SignatureCheck.requireQuorum(digest, signatures, signers, k);
    }

    function isNearAccountId(string calldata text) external pure returns (bool) {
        return NearAccountId.isValid(text);
    }
}
