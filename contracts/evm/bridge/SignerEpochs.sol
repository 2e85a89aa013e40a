// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IBlyBridge} from "../interfaces/IBlyBridge.sol";
import {BridgeTypedData, Rotate} from "../lib/BridgeTypedData.sol";
import {SignatureCheck} from "../lib/SignatureCheck.sol";

/// @title Whose signatures count, and in which domain
/// @dev Epochs count from 1. One at most is scheduled ahead: `_latest` is active, or one more than the active one.
abstract contract SignerEpochs is IBlyBridge, IERC5267 {
    /// @inheritdoc IBlyBridge
    address public immutable guardian;

    bytes32 private immutable _salt;
    bytes32 private immutable _separator;
    uint256 private immutable _chainId;
    uint64 internal immutable _rotationDelay;

    uint64 private _latest;
    uint64 private _latestValidFrom;
    bytes32 private _latestDigest;
    mapping(uint64 epoch => SignerSet) private _signers;
    mapping(bytes32 digest => bool) private _refused;

    modifier onlyGuardian() {
        if (msg.sender != guardian) revert BlyBridgeNotGuardian(msg.sender);
        _;
    }

    constructor(Config memory config) {
        if (config.guardian == address(0)) revert BlyBridgeConfigInvalid();
        SignatureCheck.requireSignerSet(config.signers, config.k);
        guardian = config.guardian;
        _salt = config.salt;
        _chainId = block.chainid;
        _separator = BridgeTypedData.domainSeparator(block.chainid, address(this), config.salt);
        _rotationDelay = config.rotationDelay;
        _latest = 1;
        _latestValidFrom = uint64(block.timestamp);
        _signers[1] = SignerSet(config.signers, config.k, uint64(block.timestamp));
        emit RotationScheduled(1, config.signers, config.k, uint64(block.timestamp));
    }

    /// @inheritdoc IBlyBridge
    function rotate(Rotate calldata next, bytes[] calldata oldSignatures, bytes[] calldata newSignatures) external {
        uint64 active = activeEpoch();
        if (_latest != active) revert BlyBridgeRotationPending(_latest);
        if (next.epoch != active + 1) revert BlyBridgeEpochNotNext(next.epoch, active + 1);
        uint256 earliest = block.timestamp + _rotationDelay;
        if (next.validFrom < earliest) revert BlyBridgeRotationTooSoon(next.validFrom, earliest);
        SignatureCheck.requireSignerSet(next.signers, next.k);

        bytes32 digest = _digest(BridgeTypedData.hashRotate(next));
        if (_refused[digest]) revert BlyBridgeRotationRefused(digest);
        SignatureCheck.requireQuorum(digest, oldSignatures, _signers[active].signers, _signers[active].k);
        SignatureCheck.requireQuorum(digest, newSignatures, next.signers, next.signers.length);

        _latest = next.epoch;
        _latestValidFrom = next.validFrom;
        _latestDigest = digest;
        _signers[next.epoch] = SignerSet(next.signers, next.k, next.validFrom);
        emit RotationScheduled(next.epoch, next.signers, next.k, next.validFrom);
    }

    /// @inheritdoc IBlyBridge
    function vetoRotation() external onlyGuardian {
        uint64 pending = _latest;
        if (pending == activeEpoch()) revert BlyBridgeRotationNotPending();
        _refused[_latestDigest] = true;
        delete _signers[pending];
        _latest = pending - 1;
        _latestValidFrom = _signers[pending - 1].validFrom;
        emit RotationVetoed(pending, _latestDigest);
    }

    /// @inheritdoc IBlyBridge
    function requireSignatures(bytes32 structHash, uint64 epoch, bytes[] calldata signatures) external view {
        _requireSignatures(structHash, epoch, signatures);
    }

    /// @inheritdoc IBlyBridge
    function activeEpoch() public view returns (uint64) {
        return _latestValidFrom <= block.timestamp ? _latest : _latest - 1;
    }

    /// @inheritdoc IBlyBridge
    function latestEpoch() external view returns (uint64) {
        return _latest;
    }

    /// @inheritdoc IBlyBridge
    function signersOf(uint64 epoch) external view returns (SignerSet memory) {
        return _signers[epoch];
    }

    /// @inheritdoc IBlyBridge
    function domainSeparator() public view returns (bytes32) {
        // A chain that forks under another id is another domain.
        if (block.chainid == _chainId) return _separator;
        return BridgeTypedData.domainSeparator(block.chainid, address(this), _salt);
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        // 0x1f: all five fields are used.
        return (
            0x1f,
            BridgeTypedData.NAME,
            BridgeTypedData.VERSION,
            block.chainid,
            address(this),
            _salt,
            new uint256[](0)
        );
    }

    function _requireSignatures(bytes32 structHash, uint64 epoch, bytes[] calldata signatures) internal view {
        uint64 active = activeEpoch();
        if (epoch != active) revert BlyBridgeEpochNotActive(epoch, active);
        SignerSet storage set = _signers[active];
        SignatureCheck.requireQuorum(_digest(structHash), signatures, set.signers, set.k);
    }

    function _digest(bytes32 structHash) private view returns (bytes32) {
        return MessageHashUtils.toTypedDataHash(domainSeparator(), structHash);
    }
}
