// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBlyBridge} from "./interfaces/IBlyBridge.sol";
import {IReceiptVerifier} from "./interfaces/IReceiptVerifier.sol";
import {Anchor, BridgeTypedData, Link} from "./lib/BridgeTypedData.sol";
import {ReceiptCodec} from "./lib/ReceiptCodec.sol";
import {ReceiptTree} from "./lib/ReceiptTree.sol";

/// @title Anchors of the receipt chain, proofs against them, and where workers' rewards go
/// @notice Invariants: an anchor never changes; sizes only grow; a link's nonce only grows. No owner, no money.
contract ReceiptVerifier is IReceiptVerifier {
    struct Roots {
        bytes32 receipts;
        bytes32 tainted;
    }

    struct LinkRecord {
        address evm;
        uint64 nonce;
    }

    /// @notice Whose signers are believed.
    IBlyBridge public immutable bridge;

    /// @dev What the next anchor's size must reach. Never zero, so that the first anchor costs no more than the others.
    uint64 private _leastNextSize = 1;
    mapping(uint64 size => Roots) private _anchors;
    mapping(uint64 size => bool) private _conflicts;
    mapping(bytes32 accountHash => LinkRecord) private _links;

    constructor(IBlyBridge bridge_) {
        bridge = bridge_;
    }

    /// @inheritdoc IReceiptVerifier
    function anchor(Anchor calldata offered, bytes[] calldata signatures) external {
        _requireAnchorSigned(offered, signatures);
        uint64 least = _leastNextSize;
        if (offered.size < least) revert ReceiptVerifierSizeNotGrowing(offered.size, least - 1);
        _leastNextSize = offered.size + 1;
        _anchors[offered.size] = Roots(offered.root, offered.tainted);
        emit Anchored(offered.size, offered.root, offered.tainted, offered.epoch);
    }

    /// @inheritdoc IReceiptVerifier
    function showConflict(Anchor calldata offered, bytes[] calldata signatures) external {
        _requireAnchorSigned(offered, signatures);
        Roots memory kept = _anchorAt(offered.size);
        if (kept.receipts == offered.root && kept.tainted == offered.tainted) {
            revert ReceiptVerifierNoConflict(offered.size);
        }
        _conflicts[offered.size] = true;
        emit AnchorConflict(offered.size, kept.receipts, offered.root);
    }

    /// @inheritdoc IReceiptVerifier
    function link(Link calldata offered, bytes[] calldata signatures) external {
        bridge.requireSignatures(BridgeTypedData.hashLink(offered), offered.epoch, signatures);
        if (offered.evm == address(0)) revert ReceiptVerifierLinkZero(offered.account);
        bytes32 accountHash = keccak256(bytes(offered.account));
        LinkRecord storage record = _links[accountHash];
        if (record.evm != address(0) && offered.nonce <= record.nonce) {
            revert ReceiptVerifierLinkOld(offered.nonce, record.nonce);
        }
        record.evm = offered.evm;
        record.nonce = offered.nonce;
        emit Linked(accountHash, offered.account, offered.evm, offered.nonce);
    }

    /// @inheritdoc IReceiptVerifier
    function verify(
        bytes calldata receipt,
        uint64 size,
        bytes32[] calldata path
    ) external view returns (ReceiptCodec.Receipt memory fields) {
        fields = ReceiptCodec.decode(receipt);
        bytes32 anchored = _anchorAt(size).receipts;
        bytes32 computed = ReceiptTree.sealRoot(
            size,
            ReceiptTree.climb(keccak256(receipt), fields.index, size, path)
        );
        if (computed != anchored) revert ReceiptVerifierNotIncluded(size, anchored, computed);
    }

    /// @inheritdoc IReceiptVerifier
    function verifyUntainted(uint64 size, uint64 index, GapProof calldata gap) external view {
        if (index < gap.from || index >= gap.until) {
            revert ReceiptVerifierOutsideGap(index, gap.from, gap.until);
        }
        bytes32 anchored = _anchorAt(size).tainted;
        bytes32 computed = ReceiptTree.climb(
            ReceiptTree.hashGap(gap.from, gap.until),
            gap.position,
            gap.gaps,
            gap.path
        );
        if (computed != anchored) revert ReceiptVerifierNotUntainted(size, anchored, computed);
    }

    /// @inheritdoc IReceiptVerifier
    function latest() external view returns (uint64 size, bytes32 root, bytes32 tainted) {
        size = _leastNextSize - 1;
        Roots storage roots = _anchors[size];
        return (size, roots.receipts, roots.tainted);
    }

    /// @inheritdoc IReceiptVerifier
    function anchorOf(uint64 size) external view returns (bytes32 root, bytes32 tainted, bool conflicted) {
        Roots storage roots = _anchors[size];
        return (roots.receipts, roots.tainted, _conflicts[size]);
    }

    /// @inheritdoc IReceiptVerifier
    function linkOf(string calldata account) external view returns (address evm, uint64 nonce) {
        LinkRecord storage record = _links[keccak256(bytes(account))];
        return (record.evm, record.nonce);
    }

    function _requireAnchorSigned(Anchor calldata offered, bytes[] calldata signatures) private view {
        bridge.requireSignatures(BridgeTypedData.hashAnchor(offered), offered.epoch, signatures);
    }

    /// @dev A root is a keccak-256 hash, never zero: zero says that nothing is anchored.
    function _anchorAt(uint64 size) private view returns (Roots storage roots) {
        roots = _anchors[size];
        if (roots.receipts == bytes32(0)) revert ReceiptVerifierNotAnchored(size);
    }
}
