// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice BLY was locked on NEAR and may be minted here.
/// @param nonce counted by NEAR's bridge from 0
/// @param epoch of the signer set
/// @param source id of the NEAR receipt that logged the lock
/// @param amount attoBLY
struct Lock {
    uint64 nonce;
    uint64 epoch;
    bytes32 source;
    address receiver;
    uint256 amount;
}

/// @notice A NEAR account says where its rewards on EVM go; a later nonce replaces an earlier one.
struct Link {
    uint64 nonce;
    uint64 epoch;
    string account;
    address evm;
}

/// @notice The receipts up to `size`, all of them vested, and the tree of those whose work was proven false later.
struct Anchor {
    uint64 epoch;
    uint64 size;
    bytes32 root;
    bytes32 tainted;
}

/// @notice The next set of signers, one epoch more than the last.
/// @param signers strictly ascending
/// @param validFrom Unix seconds: here the new epoch begins and the old one ends, on both chains
struct Rotate {
    uint64 epoch;
    address[] signers;
    uint8 k;
    uint64 validFrom;
}

/// @notice A delayed transfer was stopped where it should have been paid out; its sender gets it back.
/// @param direction 0 from NEAR to EVM, 1 from EVM to NEAR
struct Veto {
    uint64 nonce;
    uint64 epoch;
    uint8 direction;
}

/// @notice The bridge stops for 72 hours once more.
/// @param nonce how many pauses went before on the chain meant
/// @param direction whose pay-out side stops: 0 here, 1 on NEAR
struct Pause {
    uint64 nonce;
    uint64 epoch;
    uint8 direction;
}

/// @title EIP-712 hashes of what the bridge's signers sign
/// @dev One struct for each purpose: a signature for one never serves for another. The same lines in TypeScript are
/// contracts/near/lib/pure/bridgePayload.ts; both are held by test/fixtures/vectors/bridge.json.
/// Source: EIP-712, "Definition of hashStruct" and "encodeData".
library BridgeTypedData {
    bytes32 private constant DOMAIN_TYPE =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)");
    bytes32 private constant LOCK_TYPE =
        keccak256("Lock(uint64 nonce,uint64 epoch,bytes32 source,address receiver,uint256 amount)");
    bytes32 private constant BURN_TYPE =
        keccak256("Burn(uint64 nonce,uint64 epoch,bytes32 source,string receiver,uint256 amount)");
    bytes32 private constant LINK_TYPE = keccak256("Link(uint64 nonce,uint64 epoch,string account,address evm)");
    bytes32 private constant ANCHOR_TYPE = keccak256("Anchor(uint64 epoch,uint64 size,bytes32 root,bytes32 tainted)");
    bytes32 private constant ROTATE_TYPE =
        keccak256("Rotate(uint64 epoch,address[] signers,uint8 k,uint64 validFrom)");
    bytes32 private constant VETO_TYPE = keccak256("Veto(uint64 nonce,uint64 epoch,uint8 direction)");
    bytes32 private constant PAUSE_TYPE = keccak256("Pause(uint64 nonce,uint64 epoch,uint8 direction)");

    string internal constant NAME = "BlyBridge";
    string internal constant VERSION = "1";

    /// @notice EIP-712's domain separator; `salt` names the NEAR side, so that a restarted network is another domain.
    function domainSeparator(uint256 chainId, address verifier, bytes32 salt) internal pure returns (bytes32) {
        bytes32 name = keccak256(bytes(NAME));
        bytes32 version = keccak256(bytes(VERSION));
        return keccak256(abi.encode(DOMAIN_TYPE, name, version, chainId, verifier, salt));
    }

    function hashLock(Lock calldata p) internal pure returns (bytes32) {
        return keccak256(abi.encode(LOCK_TYPE, p.nonce, p.epoch, p.source, p.receiver, p.amount));
    }

    /// @notice Hash of what opens a pay-out on NEAR; here so that both sides' encoders are held by one set of vectors.
    function hashBurn(uint64 nonce, uint64 epoch, bytes32 source, string calldata receiver, uint256 amount)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(BURN_TYPE, nonce, epoch, source, keccak256(bytes(receiver)), amount));
    }

    function hashLink(Link calldata p) internal pure returns (bytes32) {
        return keccak256(abi.encode(LINK_TYPE, p.nonce, p.epoch, keccak256(bytes(p.account)), p.evm));
    }

    function hashAnchor(Anchor calldata p) internal pure returns (bytes32) {
        return keccak256(abi.encode(ANCHOR_TYPE, p.epoch, p.size, p.root, p.tainted));
    }

    function hashRotate(Rotate calldata p) internal pure returns (bytes32) {
        // Each element of an address[] is padded to a word under encodePacked, as EIP-712 asks for arrays.
        bytes32 signers = keccak256(abi.encodePacked(p.signers));
        return keccak256(abi.encode(ROTATE_TYPE, p.epoch, signers, p.k, p.validFrom));
    }

    function hashVeto(Veto calldata p) internal pure returns (bytes32) {
        return keccak256(abi.encode(VETO_TYPE, p.nonce, p.epoch, p.direction));
    }

    function hashPause(Pause calldata p) internal pure returns (bytes32) {
        return keccak256(abi.encode(PAUSE_TYPE, p.nonce, p.epoch, p.direction));
    }
}
