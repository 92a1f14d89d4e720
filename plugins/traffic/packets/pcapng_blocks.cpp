// SPDX-License-Identifier: Apache-2.0
#include "packets/pcapng_blocks.hpp"

#include <algorithm>

namespace morgana::packets {
namespace {

// Option codes of the draft, sections 3.5 and 4.
constexpr std::uint16_t kEndOfOptions = 0, kComment = 1;
constexpr std::uint16_t kHardware = 2, kOs = 3, kApplication = 4;                  // of a section
constexpr std::uint16_t kInterfaceName = 2, kTimeResolution = 9, kFilter = 11;     // of an interface
constexpr std::uint16_t kReceived = 4, kDroppedByInterface = 5, kDroppedByOs = 7;  // of statistics
constexpr std::size_t kMostOptionBytes = 65535;
constexpr std::uint32_t kPacketOverhead = 32, kOptionOverhead = 4;

constexpr std::size_t padded(std::size_t count) { return (count + 3) / 4 * 4; }

/// The place of bytes that are followed by zeros up to a multiple of four.
std::uint8_t* extend_padded(CaptureBytes& bytes, std::size_t count) {
  auto* const place = bytes.extend(padded(count));
  std::fill_n(place + count, padded(count) - count, std::uint8_t{0});
  return place;
}

/// The options of a block; views of what they were given.
class Options {
 public:
  void add(std::uint16_t code, std::string_view value) {
    if (!value.empty()) values_.emplace_back(code, value.substr(0, kMostOptionBytes));
  }
  std::size_t bytes() const {
    std::size_t count = values_.empty() ? 0 : kOptionOverhead;
    for (const auto& [code, value] : values_) count += kOptionOverhead + padded(value.size());
    return count;
  }
  void put(CaptureBytes& bytes) const {
    for (const auto& [code, value] : values_) {
      bytes.put(code, static_cast<std::uint16_t>(value.size()));
      std::copy(value.begin(), value.end(), extend_padded(bytes, value.size()));
    }
    if (!values_.empty()) bytes.put(kEndOfOptions, std::uint16_t{0});
  }

 private:
  std::vector<std::pair<std::uint16_t, std::string_view>> values_;
};

/// A block of `fields` and options: its length stands before and behind them.
template <typename... Fields>
void put_block(CaptureBytes& bytes, const Options& options, std::uint32_t type, Fields... fields) {
  const auto length = static_cast<std::uint32_t>(12 + (sizeof fields + ...) + options.bytes());
  bytes.put(type, length, fields...);
  options.put(bytes);
  bytes.put(length);
}

constexpr std::uint32_t high(std::uint64_t time) { return static_cast<std::uint32_t>(time >> 32); }
constexpr std::uint32_t low(std::uint64_t time) { return static_cast<std::uint32_t>(time); }

}  // namespace

void put_section(CaptureBytes& bytes, const PcapngSection& section) {
  Options options;
  for (const auto& comment : section.comments) options.add(kComment, comment);
  options.add(kHardware, section.hardware);
  options.add(kOs, section.os);
  options.add(kApplication, section.application);
  constexpr std::uint16_t kMajorVersion = 1, kMinorVersion = 0;
  constexpr std::int64_t kLengthNotSaid = -1;
  put_block(bytes, options, kSectionHeader, kByteOrderMagic, kMajorVersion, kMinorVersion, kLengthNotSaid);
}

void put_interface(CaptureBytes& bytes, const PcapngInterface& interface) {
  const char digits = static_cast<char>(interface.time_digits);
  const auto filter = '\0' + interface.filter;  // 0: as text
  Options options;
  options.add(kInterfaceName, interface.name);
  options.add(kTimeResolution, {&digits, 1});
  if (!interface.filter.empty()) options.add(kFilter, filter);
  put_block(bytes, options, kInterfaceDescription, interface.link_type, std::uint16_t{0}, interface.snap_length);
}

void put_statistics(CaptureBytes& bytes, std::uint64_t time, const PcapngStatistics& statistics) {
  Options options;
  const auto count = [&](std::uint16_t code, const std::uint64_t& value) {
    options.add(code, {reinterpret_cast<const char*>(&value), sizeof value});
  };
  count(kReceived, statistics.received);
  count(kDroppedByInterface, statistics.dropped_by_interface);
  count(kDroppedByOs, statistics.dropped);
  put_block(bytes, options, kInterfaceStatistics, std::uint32_t{0}, high(time), low(time));
}

std::uint8_t* put_packet(CaptureBytes& bytes, std::uint64_t time, std::uint32_t captured, std::uint32_t original,
                         std::string_view comment) {
  Options options;
  options.add(kComment, comment);
  const auto length = static_cast<std::uint32_t>(packet_block_bytes(captured) + options.bytes());
  bytes.reserve(length);
  constexpr std::uint32_t kOnlyInterface = 0;
  bytes.put(kEnhancedPacket, length, kOnlyInterface, high(time), low(time), captured, original);
  auto* const place = extend_padded(bytes, captured);
  options.put(bytes);
  bytes.put(length);
  return place;
}

std::uint64_t packet_block_bytes(std::uint32_t captured) noexcept { return kPacketOverhead + padded(captured); }

}  // namespace morgana::packets
