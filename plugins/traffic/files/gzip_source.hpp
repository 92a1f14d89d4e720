// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "files/byte_source.hpp"
#include "files/inflation.hpp"

namespace morgana::files {

/// Inflates gzip (RFC 1952), several members one after the other included, and checks length and CRC, which
/// libarchive 3.6 does not.
class GzipSource final : public ByteSource {
 public:
  /// `place` names the packed file in messages.
  GzipSource(ByteSource& packed, std::string place, InflationMeter meter);
  ~GzipSource() override;
  /// Throws `Error` where the bytes are damaged or end too early, once all that could be inflated was given; 0 after
  /// that.
  std::size_t read(char* into, std::size_t capacity) override;

 private:
  struct State;
  [[noreturn]] void fail(const char* why);
  /// False at the end of the packed bytes.
  bool fill();
  unsigned char byte();
  std::uint32_t number();
  void read_header(unsigned char first);
  void read_trailer();

  ByteSource& packed_;
  std::string place_;
  InflationMeter meter_;
  std::vector<unsigned char> window_;
  std::unique_ptr<State> state_;
  enum class Place { kStart, kData, kTrailer, kBetween, kEnd } at_ = Place::kStart;
  std::uint32_t crc_ = 0, length_ = 0;
  const char* broken_ = nullptr;  ///< why the data cannot go on
};

}  // namespace morgana::files
