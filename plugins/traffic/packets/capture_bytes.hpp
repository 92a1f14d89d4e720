// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <vector>

namespace morgana::packets {

static_assert(std::endian::native == std::endian::little, "fields are written as they lie in memory");

/// Bytes on their way to a capture file; little-endian.
class CaptureBytes {
 public:
  /// Makes room, so that places stay valid while `count` bytes are added.
  void reserve(std::size_t count) {
    if (used_ + count > bytes_.size()) bytes_.resize((used_ + count) * 2);
  }
  /// The place of the next `count` bytes, whose values are any; valid until more are added.
  std::uint8_t* extend(std::size_t count) {
    reserve(count);
    auto* const place = bytes_.data() + used_;
    used_ += count;
    return place;
  }
  template <typename... Fields>
  void put(Fields... fields) {
    auto* place = extend((sizeof fields + ...));
    ((std::memcpy(place, &fields, sizeof fields), place += sizeof fields), ...);
  }
  std::size_t size() const noexcept { return used_; }

  /// Hands all bytes to the system and begins anew. Throws `Error` where they cannot be written to `path`.
  void write_to(int descriptor, const std::filesystem::path& path);

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t used_ = 0;
};

}  // namespace morgana::packets
