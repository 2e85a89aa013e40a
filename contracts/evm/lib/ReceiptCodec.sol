// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The work receipt in bytes
/// @notice Reads the canonical encoding that contracts/near/lib/pure/receipt.ts writes: fixed fields at fixed offsets,
/// then two texts. One receipt has exactly one encoding; every other byte string is refused, so a receipt's hash names
/// its content.
///
///   offset size field            offset size field           offset size field
///   0      2    version = 1      55     8    gain i64        72     1    beacon 0 near 1 drand
///   2      8    index            63     1    validators      73     16   reward, attoBLY
///   10     8    task             64     1    samples         89     8    settledAt, ms
///   18     4    round            65     1    certainty %     97     32   previous receipt's hash
///   22     32   base             66     4    pool            129    2+n  worker: length, ASCII
///   54     1    gain present     70     1    smallPool       ...    2+n  delta CID: length, ASCII
///                                71     1    profile 0 canonical 1 native
library ReceiptCodec {
    /// @notice How the work was computed.
    enum Profile {
        Canonical,
        Native
    }

    /// @notice Where the draw of the validators had its randomness from.
    enum Beacon {
        Near,
        Drand
    }

    /// @notice A receipt's fields.
    /// @param index Position in the receipt chain.
    /// @param base Content hash of the model that the work began from.
    /// @param hasGain False where the held-out gain could not be scored; then `gain` is 0.
    /// @param gain Held-out gain in microbits per byte.
    /// @param certainty Percent.
    /// @param pool Distinct operators that were eligible at the draw.
    /// @param reward In attoBLY (18 decimals).
    /// @param settledAt Milliseconds since the Unix epoch.
    /// @param previous Hash of the receipt before this one.
    /// @param worker NEAR account that did the work.
    /// @param delta CID of the accepted work.
    struct Receipt {
        uint64 index;
        uint64 task;
        uint32 round;
        bytes32 base;
        bool hasGain;
        int64 gain;
        uint8 validators;
        uint8 samples;
        uint8 certainty;
        uint32 pool;
        bool smallPool;
        Profile profile;
        Beacon beacon;
        uint128 reward;
        uint64 settledAt;
        bytes32 previous;
        string worker;
        string delta;
    }

    /// @notice The bytes have no room for the fixed fields and two texts, or some follow the last text.
    error ReceiptCodecLength(uint256 length);
    /// @notice The first two bytes are not version 1.
    error ReceiptCodecVersion(uint16 version);
    /// @notice A byte that says yes or no is neither 0 nor 1.
    error ReceiptCodecFlag(uint256 offset, uint8 value);
    /// @notice An absent gain is not zero.
    error ReceiptCodecGain(uint64 gain);
    /// @notice The time is beyond 2^53 - 1 ms, which no reader in JavaScript holds.
    error ReceiptCodecTime(uint64 settledAt);
    /// @notice The text at this offset is empty, longer than 256 bytes, cut off, or not printable ASCII without spaces.
    error ReceiptCodecText(uint256 offset);

    uint256 private constant FIXED_BYTES = 129;
    uint256 private constant MAX_TEXT_BYTES = 256;
    uint256 private constant MAX_SAFE_INTEGER = 2 ** 53 - 1;

    /// @dev One in each of 32 bytes; times a byte, it repeats that byte.
    uint256 private constant EACH = type(uint256).max / 0xff;

    /// @notice The fields of canonical bytes; reverts on any others.
    function decode(bytes calldata encoded) internal pure returns (Receipt memory receipt) {
        if (encoded.length < FIXED_BYTES + 4) revert ReceiptCodecLength(encoded.length);
        uint16 version = uint16(bytes2(encoded[0:2]));
        if (version != 1) revert ReceiptCodecVersion(version);

        receipt.index = uint64(bytes8(encoded[2:10]));
        receipt.task = uint64(bytes8(encoded[10:18]));
        receipt.round = uint32(bytes4(encoded[18:22]));
        receipt.base = bytes32(encoded[22:54]);
        receipt.hasGain = _flag(encoded, 54);
        uint64 gain = uint64(bytes8(encoded[55:63]));
        if (!receipt.hasGain && gain != 0) revert ReceiptCodecGain(gain);
        receipt.gain = int64(gain); // two's complement, as it was written
        receipt.validators = uint8(encoded[63]);
        receipt.samples = uint8(encoded[64]);
        receipt.certainty = uint8(encoded[65]);
        receipt.pool = uint32(bytes4(encoded[66:70]));
        receipt.smallPool = _flag(encoded, 70);
        receipt.profile = _flag(encoded, 71) ? Profile.Native : Profile.Canonical;
        receipt.beacon = _flag(encoded, 72) ? Beacon.Drand : Beacon.Near;
        receipt.reward = uint128(bytes16(encoded[73:89]));
        receipt.settledAt = uint64(bytes8(encoded[89:97]));
        if (receipt.settledAt > MAX_SAFE_INTEGER) revert ReceiptCodecTime(receipt.settledAt);
        receipt.previous = bytes32(encoded[97:129]);

        uint256 end;
        (receipt.worker, end) = _text(encoded, FIXED_BYTES);
        (receipt.delta, end) = _text(encoded, end);
        if (end != encoded.length) revert ReceiptCodecLength(encoded.length);
    }

    function _flag(bytes calldata encoded, uint256 offset) private pure returns (bool) {
        uint8 value = uint8(encoded[offset]);
        if (value > 1) revert ReceiptCodecFlag(offset, value);
        return value == 1;
    }

    /// @return text The text whose length stands at `offset`.
    /// @return end Offset behind it.
    function _text(bytes calldata encoded, uint256 offset) private pure returns (string memory text, uint256 end) {
        uint256 start = offset + 2;
        if (start > encoded.length) revert ReceiptCodecText(offset);
        uint256 length = uint16(bytes2(encoded[offset:start]));
        end = start + length;
        if (length == 0 || length > MAX_TEXT_BYTES || end > encoded.length) revert ReceiptCodecText(offset);
        bytes calldata letters = encoded[start:end];
        for (uint256 i = 0; i < length; i += 32) {
            if (!_isPrintable(letters[i:])) revert ReceiptCodecText(offset);
        }
        text = string(letters);
    }

    /// @dev Whether each of the first 32 bytes, or of all where fewer, is 0x21 to 0x7e: 32 bytes in a few operations.
    /// With no byte above 0x7f, a sum with 0x5f reaches a byte's top bit from 0x21 on, a sum with 0x01 only from 0x7f
    /// on, and neither carries into the next byte.
    function _isPrintable(bytes calldata letters) private pure returns (bool) {
        uint256 word = uint256(bytes32(letters));
        if (letters.length < 32) word |= (EACH * 0x21) >> (8 * letters.length);
        uint256 tops = EACH * 0x80;
        if (word & tops != 0) return false;
        unchecked {
            // No byte exceeds 0xde or 0x80, so neither sum overflows.
            return (word + EACH * 0x5f) & tops == tops && (word + EACH) & tops == 0;
        }
    }
}
